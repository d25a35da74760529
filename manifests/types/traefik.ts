/** The fields that we set of Traefik's TraefikService (traefik.io/v1alpha1). */
export interface TraefikServiceSpec {
  readonly weighted: { readonly services: readonly { readonly name: string; readonly port: number; readonly weight: number }[] };
}

/** The fields that we set of Traefik's IngressRoute (traefik.io/v1alpha1). */
export interface IngressRouteSpec {
  readonly entryPoints: readonly string[];
  readonly routes: readonly {
    readonly kind: "Rule";
    readonly match: string;
    readonly services: readonly { readonly kind: "TraefikService"; readonly name: string }[];
  }[];
  readonly tls?: { readonly secretName: string };
}
