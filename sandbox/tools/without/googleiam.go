// Package googleiam asks nobody: see sandbox/toolchain/parts.ts of the project that compiles this.
package googleiam

import (
	"errors"
	"net/http"
)

// Config is how Google would be asked.
type Config struct {
	CredentialsFile string `yaml:"credentials_file,omitempty"`
}

// NewRoundTripper refuses each configuration.
func NewRoundTripper(*Config, http.RoundTripper) (http.RoundTripper, error) {
	return nil, errors.New("this Prometheus was compiled without Google's authorization for remote write")
}
