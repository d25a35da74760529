/** The fields that we set of the Gateway API's HTTPRoute (gateway.networking.k8s.io/v1). */
export interface HttpRouteSpec {
  readonly parentRefs: readonly ParentReference[];
  readonly hostnames: readonly string[];
  readonly rules: readonly HttpRouteRule[];
}

/**
 * One of the matches is enough; of the rules that match a request, the one whose match names the most headers gets it,
 * then the first.
 */
export interface HttpRouteRule {
  readonly matches: readonly HttpRouteMatch[];
  readonly filters?: readonly RequestMirror[];
  readonly backendRefs: readonly BackendReference[];
}

export interface HttpRouteMatch {
  readonly path: { readonly type: "PathPrefix"; readonly value: string };
  /** Each header once. */
  readonly headers?: readonly {
    readonly type: "Exact" | "RegularExpression";
    readonly name: string;
    readonly value: string;
  }[];
}

export interface BackendReference {
  readonly name: string;
  readonly port: number;
  readonly weight?: number;
  readonly filters?: readonly ResponseHeaderModifier[];
}

interface ResponseHeaderModifier {
  readonly type: "ResponseHeaderModifier";
  readonly responseHeaderModifier: { readonly add: readonly { readonly name: string; readonly value: string }[] };
}

interface RequestMirror {
  readonly type: "RequestMirror";
  readonly requestMirror: {
    readonly backendRef: { readonly name: string; readonly port: number };
    readonly percent: number;
  };
}

/** What a route attaches to. */
export interface ParentReference {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}
