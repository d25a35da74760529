// Package sigv4 signs nothing: see sandbox/toolchain/parts.ts of the project that compiles this.
package sigv4

import (
	"errors"
	"net/http"
)

// SigV4Config is how Amazon's service would be asked.
type SigV4Config struct {
	Region  string
	Profile string
	RoleARN string
}

// NewSigV4RoundTripper refuses each configuration.
func NewSigV4RoundTripper(*SigV4Config, http.RoundTripper) (http.RoundTripper, error) {
	return nil, errors.New("this controller was compiled without Amazon's signatures for Prometheus")
}
