import { serviceNames, stableAndCanary } from "../workload";
import { ingress } from "./ingress";
import { selectors } from "./owned";
import type { Router } from "./router";

/** Ingress objects with ingress-nginx's canary annotations, which Traefik 3.7 and later reads too. */
export const nginx: Router = {
  /** Argo Rollouts creates `<rollout>-<ingress>-canary` beside the Ingress, and keeps the weight there: no field of ours is written. */
  byArgoRollouts: (settings) => {
    const { application } = settings;
    const { stable, canary } = serviceNames(settings);
    return {
      objects: [...stableAndCanary(settings), { role: "ingress", object: ingress(settings, stable) }],
      owned: selectors,
      traffic: { stableService: stable, canaryService: canary, trafficRouting: { nginx: { stableIngress: application } } },
      weight: {
        apiVersion: "networking.k8s.io/v1",
        kind: "Ingress",
        name: `${application}-${application}-canary`,
        path: ["metadata", "annotations", "nginx.ingress.kubernetes.io/canary-weight"],
      },
    };
  },
};
