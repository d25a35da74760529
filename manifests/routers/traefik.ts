import type { ReleaseSettings } from "../../release/release";
import type { Described } from "../description";
import type { KubernetesObject } from "../types/kubernetes";
import type { IngressRouteSpec, TraefikServiceSpec } from "../types/traefik";
import { metadata, serviceNames, stableAndCanary } from "../workload";
import { native, refused } from "../meaning";
import { selectors } from "./owned";
import { scaledToZero, type Router } from "./router";

const apiVersion = "traefik.io/v1alpha1";
const notYet = refused("not yet");

/** Traefik's own objects: an IngressRoute for the host, and a TraefikService that holds nothing but the weights. */
export const traefik: Router = {
  byArgoRollouts: {
    can: { segments: notYet, never: notYet, sticky: notYet, mirror: refused("Argo Rollouts mirrors with Istio only"), autoscaling: native() },
    drive: (settings) => {
      const { application } = settings;
      const { stable, canary } = serviceNames(settings);
      return {
        objects: [...stableAndCanary(settings, "by controller"), weights(settings, bothVersions(settings, 0)), route(settings)],
        owned: [...selectors, { role: "traefik-service", field: "spec.weighted", by: "argo-rollouts" }],
        traffic: { stableService: stable, canaryService: canary, trafficRouting: { traefik: { weightedTraefikServiceName: application } } },
        weight: { apiVersion, kind: "TraefikService", name: application, path },
      };
    },
  },

  /** Flagger makes the TraefikService, and the Services that it leads to. */
  byFlagger: {
    can: {
      segments: scaledToZero,
      never: notYet,
      sticky: refused("Flagger writes the TraefikService without a cookie"),
      mirror: refused("Flagger mirrors with Istio only"),
      autoscaling: native(),
    },
    drive: (settings) => ({
      objects: [route(settings)],
      provider: "traefik",
      service: {},
      weight: { apiVersion, kind: "TraefikService", name: settings.application, path },
    }),
  },

  /** Traefik drops all of a TraefikService that names a Service without pods, so at weight 0 the canary's is not named. */
  byPulumi: {
    can: { segments: notYet, never: notYet, sticky: notYet, mirror: notYet, autoscaling: native() },
    drive: (settings, { weight }) => ({
      objects: [...stableAndCanary(settings, "by track"), route(settings)],
      weights: [weights(settings, weight > 0 ? bothVersions(settings, weight) : bothVersions(settings, 0).slice(0, 1))],
    }),
  },
};

const path = ["spec", "weighted", "services", 1, "weight"];

type WeightedServices = TraefikServiceSpec["weighted"]["services"];

function bothVersions(settings: ReleaseSettings, weight: number): WeightedServices {
  const { stable, canary } = serviceNames(settings);
  return [{ name: stable, port: 80, weight: 100 - weight }, { name: canary, port: 80, weight }];
}

function weights(settings: ReleaseSettings, services: WeightedServices): Described {
  const object: KubernetesObject<TraefikServiceSpec> = {
    apiVersion,
    kind: "TraefikService",
    metadata: metadata(settings, settings.application),
    spec: { weighted: { services } },
  };
  return { role: "traefik-service", object };
}

function route(settings: ReleaseSettings): Described {
  const { application, host, path: prefix, entryPoint, tlsSecret } = settings;
  const match = `Host(\`${host}\`) && PathPrefix(\`${prefix}\`)`;
  const object: KubernetesObject<IngressRouteSpec> = {
    apiVersion,
    kind: "IngressRoute",
    metadata: metadata(settings, application),
    spec: {
      entryPoints: [entryPoint],
      routes: [{ kind: "Rule", match, services: [{ kind: "TraefikService", name: application }] }],
      ...(tlsSecret && { tls: { secretName: tlsSecret } }),
    },
  };
  return { role: "ingress-route", object };
}
