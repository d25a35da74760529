// Package ext stands in for Traefik's extension point, whose module its release does not carry: nothing is added.
package ext

// HTTP extends a dynamic HTTP configuration by nothing.
type HTTP struct{}

// DeepCopyInto copies nothing.
func (in *HTTP) DeepCopyInto(out *HTTP) { *out = *in }

// Router extends a dynamic router by nothing.
type Router struct{}

// DeepCopyInto copies nothing.
func (in *Router) DeepCopyInto(out *Router) { *out = *in }
