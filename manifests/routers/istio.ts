import type { ReleaseSettings } from "../../release/release";
import type { DestinationRuleSpec, VirtualServiceSpec } from "../types/istio";
import type { KubernetesObject } from "../types/kubernetes";
import { metadata, selectorLabels, serviceNames, serviceOverBoth } from "../workload";
import type { Router } from "./router";

const apiVersion = "networking.istio.io/v1";

/** A VirtualService for the host that delegates to one that holds nothing but the weights, between two subsets of one Service. */
export const istio: Router = {
  byArgoRollouts: (settings) => {
    const { application } = settings;
    const weights = `${application}-weights`;
    return {
      objects: [
        serviceOverBoth(settings),
        { role: "destination-rule", object: destinationRule(settings) },
        { role: "weights", object: weightsOf(settings, weights) },
        { role: "virtual-service", object: virtualService(settings, weights) },
      ],
      owned: [
        { role: "destination-rule", field: "spec.subsets", by: "argo-rollouts" },
        { role: "weights", field: "spec.http", by: "argo-rollouts" },
      ],
      traffic: {
        trafficRouting: {
          istio: {
            virtualService: { name: weights, routes: [routeName] },
            destinationRule: { name: application, stableSubsetName: "stable", canarySubsetName: "canary" },
          },
        },
      },
      weight: { apiVersion, kind: "VirtualService", name: weights, path: ["spec", "http", 0, "route", 1, "weight"] },
    };
  },
};

const routeName = "primary";

/** Both subsets begin with the label that all pods carry; the controller adds the hash of one version to each. */
function destinationRule(settings: ReleaseSettings): KubernetesObject<DestinationRuleSpec> {
  const labels = selectorLabels(settings);
  return {
    apiVersion,
    kind: "DestinationRule",
    metadata: metadata(settings, settings.application),
    spec: {
      host: serviceNames(settings).stable,
      subsets: [{ name: "stable", labels }, { name: "canary", labels }],
      // A pod that fails five requests in a row gets none for half a minute; never more than half of the pods at once.
      trafficPolicy: { outlierDetection: { consecutive5xxErrors: 5, interval: "10s", baseEjectionTime: "30s", maxEjectionPercent: 50 } },
    },
  };
}

function weightsOf(settings: ReleaseSettings, name: string): KubernetesObject<VirtualServiceSpec> {
  const host = serviceNames(settings).stable;
  const route = [
    { destination: { host, subset: "stable" }, weight: 100 },
    { destination: { host, subset: "canary" }, weight: 0 },
  ];
  return { apiVersion, kind: "VirtualService", metadata: metadata(settings, name), spec: { http: [{ name: routeName, route }] } };
}

function virtualService(settings: ReleaseSettings, delegate: string): KubernetesObject<VirtualServiceSpec> {
  const { application, host, path, gateway, namespace } = settings;
  return {
    apiVersion,
    kind: "VirtualService",
    metadata: metadata(settings, application),
    spec: {
      hosts: [host],
      gateways: [gateway.namespace ? `${gateway.namespace}/${gateway.name}` : gateway.name],
      http: [{ match: [{ uri: { prefix: path } }], delegate: { name: delegate, namespace } }],
    },
  };
}
