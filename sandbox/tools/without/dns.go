// Package dns knows no provider: see sandbox/toolchain/parts.ts of the project that compiles this.
package dns

import (
	"fmt"

	"github.com/go-acme/lego/v5/challenge"
)

// NewDNSChallengeProviderByName refuses each.
func NewDNSChallengeProviderByName(name string) (challenge.Provider, error) {
	return nil, fmt.Errorf("this Traefik was compiled without the DNS provider %q", name)
}
