import type { WeightField } from "../description";
import { serviceNames, stableAndCanary } from "../workload";
import { ingress } from "./ingress";
import { native, refused } from "../meaning";
import { selectors } from "./owned";
import type { Router } from "./router";

const apiVersion = "networking.k8s.io/v1";
const annotation = "nginx.ingress.kubernetes.io/canary-weight";
const noMirror = refused("ingress-nginx's canary annotations do not mirror");
const overwrites = refused("Flagger writes the canary Ingress anew at each step, without header and cookie");
const notYet = refused("not yet");

/** Ingress objects with ingress-nginx's canary annotations, which Traefik 3.7 and later reads too. */
export const nginx: Router = {
  notice:
    "router nginx: the project ingress-nginx was retired in March 2026; Traefik 3.7 and later reads the same annotations (its provider kubernetesIngressNGINX), and router gateway-api works with most others",

  /** Argo Rollouts creates `<rollout>-<ingress>-canary` beside the Ingress, and keeps the weight there: no field of ours is written. */
  byArgoRollouts: {
    can: { segments: notYet, never: notYet, sticky: notYet, mirror: noMirror, autoscaling: native() },
    drive: (settings) => {
      const { application } = settings;
      const { stable, canary } = serviceNames(settings);
      return {
        objects: [...stableAndCanary(settings, "by controller"), { role: "ingress", object: ingress(settings, application, stable) }],
        owned: selectors,
        traffic: { stableService: stable, canaryService: canary, trafficRouting: { nginx: { stableIngress: application } } },
        weight: weightIn(`${application}-${application}-canary`),
      };
    },
  },

  /** Flagger makes `<ingress>-canary` beside the Ingress. */
  byFlagger: {
    can: { segments: overwrites, never: overwrites, sticky: notYet, mirror: noMirror, autoscaling: native() },
    drive: (settings) => {
      const { application } = settings;
      const { stable, canary } = serviceNames(settings);
      return {
        objects: [{ role: "ingress", object: ingress(settings, application, stable) }],
        provider: "nginx",
        ingressRef: { apiVersion, kind: "Ingress", name: application },
        service: {},
        weight: weightIn(canary),
      };
    },
  },

  byPulumi: {
    can: { segments: notYet, never: notYet, sticky: notYet, mirror: noMirror, autoscaling: native() },
    drive: (settings, { weight }) => {
      const { stable, canary } = serviceNames(settings);
      const annotations = { "nginx.ingress.kubernetes.io/canary": "true", [annotation]: `${weight}` };
      return {
        objects: [...stableAndCanary(settings, "by track"), { role: "ingress", object: ingress(settings, settings.application, stable) }],
        weights: [{ role: "canary-ingress", object: ingress(settings, canary, canary, annotations) }],
      };
    },
  },
};

const weightIn = (name: string): WeightField => ({ apiVersion, kind: "Ingress", name, path: ["metadata", "annotations", annotation] });
