/**
 * The fields that we set of Traefik's TraefikService (traefik.io/v1alpha1): the weights, or a share of the requests
 * that is mirrored.
 */
export type TraefikServiceSpec = { readonly weighted: Weighted } | { readonly mirroring: Mirroring };

export interface Weighted {
  readonly services: readonly (ServicePort & { readonly weight: number })[];
  readonly sticky?: { readonly cookie: StickyCookie };
}

/** All requests go to the Service itself, and a copy of so many percent to each mirror. */
export interface Mirroring extends ServicePort {
  readonly mirrors: readonly (ServicePort & { readonly percent: number })[];
}

export interface ServicePort {
  readonly name: string;
  readonly port: number;
}

/** A cookie that names the Service that answered; `maxAge` in seconds. */
export interface StickyCookie {
  readonly name: string;
  readonly maxAge: number;
  readonly path: string;
  readonly httpOnly: boolean;
  readonly secure?: boolean;
}

/** The fields that we set of Traefik's IngressRoute (traefik.io/v1alpha1). */
export interface IngressRouteSpec {
  readonly entryPoints: readonly string[];
  readonly routes: readonly Route[];
  readonly tls?: { readonly secretName: string };
}

/**
 * Of the routes that match a request the one with the highest priority gets it; the default is the length of `match`.
 */
export interface Route {
  readonly kind: "Rule";
  readonly match: string;
  readonly priority?: number;
  readonly services: readonly (
    { readonly kind: "TraefikService"; readonly name: string } | ({ readonly kind: "Service" } & ServicePort)
  )[];
}
