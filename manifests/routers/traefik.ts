import type { KubernetesObject } from "../types/kubernetes";
import type { IngressRouteSpec, TraefikServiceSpec } from "../types/traefik";
import { metadata, serviceNames, stableAndCanary } from "../workload";
import { selectors } from "./owned";
import type { Router } from "./router";

const apiVersion = "traefik.io/v1alpha1";

/** Traefik's own objects: an IngressRoute for the host, and a TraefikService that holds nothing but the weights. */
export const traefik: Router = {
  byArgoRollouts: (settings) => {
    const { application, host, path, entryPoint, tlsSecret } = settings;
    const { stable, canary } = serviceNames(settings);
    const weights: KubernetesObject<TraefikServiceSpec> = {
      apiVersion,
      kind: "TraefikService",
      metadata: metadata(settings, application),
      spec: { weighted: { services: [{ name: stable, port: 80, weight: 100 }, { name: canary, port: 80, weight: 0 }] } },
    };
    const route: KubernetesObject<IngressRouteSpec> = {
      apiVersion,
      kind: "IngressRoute",
      metadata: metadata(settings, application),
      spec: {
        entryPoints: [entryPoint],
        routes: [
          { kind: "Rule", match: `Host(\`${host}\`) && PathPrefix(\`${path}\`)`, services: [{ kind: "TraefikService", name: application }] },
        ],
        ...(tlsSecret && { tls: { secretName: tlsSecret } }),
      },
    };
    return {
      objects: [...stableAndCanary(settings), { role: "traefik-service", object: weights }, { role: "ingress-route", object: route }],
      owned: [...selectors, { role: "traefik-service", field: "spec.weighted", by: "argo-rollouts" }],
      traffic: { stableService: stable, canaryService: canary, trafficRouting: { traefik: { weightedTraefikServiceName: application } } },
      weight: { apiVersion, kind: "TraefikService", name: application, path: ["spec", "weighted", "services", 1, "weight"] },
    };
  },
};
