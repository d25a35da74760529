// Package ecs knows no instance: see sandbox/toolchain/parts.ts of the project that compiles this.
package ecs

import (
	"errors"

	"github.com/traefik/traefik/v3/pkg/config/dynamic"
	"github.com/traefik/traefik/v3/pkg/safe"
)

// ProviderName is how Traefik names it.
const ProviderName = "ecs"

// Provider refuses to begin.
type Provider struct{}

// SetDefaults has none to set.
func (p *Provider) SetDefaults() {}

// Init refuses.
func (p *Provider) Init() error {
	return errors.New("this Traefik was compiled without the provider of Amazon ECS")
}

// Provide is never reached.
func (p *Provider) Provide(chan<- dynamic.Message, *safe.Pool) error { return nil }
