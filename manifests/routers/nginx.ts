import { serviceNames, stableAndCanary } from "../workload";
import { ingress } from "./ingress";
import { selectors } from "./owned";
import type { Router } from "./router";

const annotation = "nginx.ingress.kubernetes.io/canary-weight";
/** Ingress objects with ingress-nginx's canary annotations, which Traefik 3.7 and later reads too. */
export const nginx: Router = {
  notice:
    "router nginx: the project ingress-nginx was retired in March 2026; Traefik 3.7 and later reads the same annotations (its provider kubernetesIngressNGINX), and router gateway-api works with most others",

  /** Argo Rollouts creates `<rollout>-<ingress>-canary` beside the Ingress, and keeps the weight there: no field of ours is written. */
  byArgoRollouts: (settings) => {
    const { application } = settings;
    const { stable, canary } = serviceNames(settings);
    return {
      objects: [...stableAndCanary(settings, "by controller"), { role: "ingress", object: ingress(settings, application, stable) }],
      owned: selectors,
      traffic: { stableService: stable, canaryService: canary, trafficRouting: { nginx: { stableIngress: application } } },
      weight: { apiVersion: "networking.k8s.io/v1", kind: "Ingress", name: `${application}-${application}-canary`, path: ["metadata", "annotations", annotation] },
    };
  },

  byPulumi: (settings, weight) => {
    const { stable, canary } = serviceNames(settings);
    const annotations = { "nginx.ingress.kubernetes.io/canary": "true", [annotation]: `${weight}` };
    return {
      objects: [...stableAndCanary(settings, "by track"), { role: "ingress", object: ingress(settings, settings.application, stable) }],
      weights: { role: "canary-ingress", object: ingress(settings, canary, canary, annotations) },
    };
  },
};
