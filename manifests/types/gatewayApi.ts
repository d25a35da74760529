/** The fields that we set of the Gateway API's HTTPRoute (gateway.networking.k8s.io/v1). */
export interface HttpRouteSpec {
  readonly parentRefs: readonly ParentReference[];
  readonly hostnames: readonly string[];
  readonly rules: readonly {
    readonly matches: readonly { readonly path: { readonly type: "PathPrefix"; readonly value: string } }[];
    readonly backendRefs: readonly { readonly name: string; readonly port: number; readonly weight: number }[];
  }[];
}

/** What a route attaches to. */
export interface ParentReference {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}
