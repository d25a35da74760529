import type { ReleaseSettings } from "../../release/release";
import type { Described } from "../description";
import type { HttpRouteSpec } from "../types/gatewayApi";
import type { KubernetesObject } from "../types/kubernetes";
import { metadata, serviceNames, stableAndCanary } from "../workload";
import { selectors } from "./owned";
import type { Router } from "./router";

const apiVersion = "gateway.networking.k8s.io/v1";

/** An HTTPRoute with weights, attached to a Gateway or to a Service: Istio, Envoy Gateway, Traefik, Cilium and Linkerd read it. */
export const gatewayApi: Router = {
  /** Argo Rollouts needs its plugin argoproj-labs/gatewayAPI. */
  byArgoRollouts: (settings) => {
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
      weight: { apiVersion, kind: "HTTPRoute", name: application, path: weightPath },
    };
  },

  byPulumi: (settings, weight) => ({
    objects: stableAndCanary(settings, "by track"),
    weights: httpRoute(settings, weight),
  }),
};

const weightPath = ["spec", "rules", 0, "backendRefs", 1, "weight"];

function httpRoute(settings: ReleaseSettings, weight: number): Described {
  const { application, host, path, gateway } = settings;
  const { stable, canary } = serviceNames(settings);
  const parent = { name: gateway.name, kind: gateway.kind, group: gateway.kind === "Service" ? "" : "gateway.networking.k8s.io" };
  const object: KubernetesObject<HttpRouteSpec> = {
    apiVersion,
    kind: "HTTPRoute",
    metadata: metadata(settings, application),
    spec: {
      parentRefs: [{ ...parent, ...(gateway.namespace && { namespace: gateway.namespace }) }],
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
