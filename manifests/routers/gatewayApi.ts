import type { ReleaseSettings } from "../../release/release";
import type { Described, WeightField } from "../description";
import { native, refused } from "../meaning";
import type { HttpRouteSpec, ParentReference } from "../types/gatewayApi";
import type { KubernetesObject } from "../types/kubernetes";
import { metadata, serviceNames, stableAndCanary } from "../workload";
import { selectors } from "./owned";
import { scaledToZero, type Router } from "./router";

const apiVersion = "gateway.networking.k8s.io/v1";
const notYet = refused("not yet");

/** An HTTPRoute with weights, attached to a Gateway or to a Service: Istio, Envoy Gateway, Traefik, Cilium and Linkerd read it. */
export const gatewayApi: Router = {
  /** Argo Rollouts needs its plugin argoproj-labs/gatewayAPI. */
  byArgoRollouts: {
    can: { segments: notYet, never: notYet, sticky: notYet, mirror: notYet, autoscaling: native() },
    drive: (settings) => {
      const { application, namespace } = settings;
      const { stable, canary } = serviceNames(settings);
      return {
        objects: [...stableAndCanary(settings, "by controller"), httpRoute(settings, 0)],
        owned: [...selectors, { role: "http-route", field: "spec.rules", by: "argo-rollouts" }],
        traffic: {
          stableService: stable,
          canaryService: canary,
          trafficRouting: { plugins: { "argoproj-labs/gatewayAPI": { httpRoute: application, namespace } } },
        },
        weight: weightIn(settings),
      };
    },
  },

  /** Flagger makes the HTTPRoute, and the Services that it leads to. */
  byFlagger: {
    can: {
      segments: scaledToZero,
      never: notYet,
      sticky: notYet,
      mirror: refused("Flagger mirrors with Istio only, unless it does without weights"),
      autoscaling: native(),
    },
    drive: (settings) => ({
      objects: [],
      provider: "gatewayapi:v1",
      service: { gatewayRefs: [parentOf(settings)], hosts: [settings.host], match: [{ uri: { prefix: settings.path } }] },
      weight: weightIn(settings),
    }),
  },

  byPulumi: {
    can: { segments: notYet, never: notYet, sticky: notYet, mirror: notYet, autoscaling: native() },
    drive: (settings, { weight }) => ({
      objects: stableAndCanary(settings, "by track"),
      weights: [httpRoute(settings, weight)],
    }),
  },
};

const weightIn = ({ application }: ReleaseSettings): WeightField => ({ apiVersion, kind: "HTTPRoute", name: application, path: weightPath });

const weightPath = ["spec", "rules", 0, "backendRefs", 1, "weight"];

function parentOf({ gateway }: ReleaseSettings): ParentReference {
  const group = gateway.kind === "Service" ? "" : "gateway.networking.k8s.io";
  return { group, kind: gateway.kind, name: gateway.name, ...(gateway.namespace && { namespace: gateway.namespace }) };
}

function httpRoute(settings: ReleaseSettings, weight: number): Described {
  const { application, host, path } = settings;
  const { stable, canary } = serviceNames(settings);
  const object: KubernetesObject<HttpRouteSpec> = {
    apiVersion,
    kind: "HTTPRoute",
    metadata: metadata(settings, application),
    spec: {
      parentRefs: [parentOf(settings)],
      hostnames: [host],
      rules: [
        {
          matches: [{ path: { type: "PathPrefix", value: path } }],
          backendRefs: [{ name: stable, port: 80, weight: 100 - weight }, { name: canary, port: 80, weight }],
        },
      ],
    },
  };
  return { role: "http-route", object };
}
