import type { ReleaseSettings } from "../../release/release";
import type { Described } from "../description";
import { native, refused } from "../meaning";
import type { DestinationRuleSpec, TrafficPolicy, VirtualServiceSpec } from "../types/istio";
import type { KubernetesObject } from "../types/kubernetes";
import { metadata, selectorLabels, serviceNames, serviceOverBoth, trackLabels, type Track } from "../workload";
import { scaledToZero, type Router } from "./router";

const apiVersion = "networking.istio.io/v1";
const notYet = refused("not yet");

/** A VirtualService for the host that delegates to one that holds nothing but the weights, between two subsets of one Service. */
export const istio: Router = {
  byArgoRollouts: {
    can: { segments: notYet, never: notYet, sticky: notYet, mirror: notYet, autoscaling: native() },
    drive: (settings) => {
      const { application } = settings;
      const name = weightsName(settings);
      return {
        objects: [serviceOverBoth(settings), destinationRule(settings, "by controller"), weightsOf(settings, 0), virtualService(settings, application, name)],
        owned: [
          { role: "destination-rule", field: "spec.subsets", by: "argo-rollouts" },
          { role: "weights", field: "spec.http", by: "argo-rollouts" },
        ],
        traffic: {
          trafficRouting: {
            istio: {
              virtualService: { name, routes: [routeName] },
              destinationRule: { name: application, stableSubsetName: "stable", canarySubsetName: "canary" },
            },
          },
        },
        weight: { apiVersion, kind: "VirtualService", name, path },
      };
    },
  },

  /** Flagger makes the VirtualService with the weights, under the application's name, and a DestinationRule for each version. */
  byFlagger: {
    can: { segments: scaledToZero, never: notYet, sticky: notYet, mirror: notYet, autoscaling: native() },
    drive: (settings) => {
      const { application } = settings;
      return {
        objects: [virtualService(settings, `${application}-host`, application)],
        provider: "istio",
        service: { delegation: true, trafficPolicy },
        weight: { apiVersion, kind: "VirtualService", name: application, path },
      };
    },
  },

  byPulumi: {
    can: { segments: notYet, never: notYet, sticky: notYet, mirror: notYet, autoscaling: native() },
    drive: (settings, { weight }) => ({
      objects: [serviceOverBoth(settings), destinationRule(settings, "by track"), virtualService(settings, settings.application, weightsName(settings))],
      weights: [weightsOf(settings, weight)],
    }),
  },
};

const routeName = "primary";
const path = ["spec", "http", 0, "route", 1, "weight"];
const weightsName = ({ application }: ReleaseSettings) => `${application}-weights`;

/** A pod that fails five requests in a row gets none for half a minute; never more than half of the pods at once. */
const trafficPolicy: TrafficPolicy = { outlierDetection: { consecutive5xxErrors: 5, interval: "10s", baseEjectionTime: "30s", maxEjectionPercent: 50 } };

/** Subsets are told apart by track; where a controller does it, it adds the hash of one version to the labels of each. */
function destinationRule(settings: ReleaseSettings, select: "by track" | "by controller"): Described {
  const subset = (track: Track) => ({
    name: track,
    labels: { ...selectorLabels(settings), ...trackLabels(select === "by track" ? track : undefined) },
  });
  const object: KubernetesObject<DestinationRuleSpec> = {
    apiVersion,
    kind: "DestinationRule",
    metadata: metadata(settings, settings.application),
    spec: {
      host: serviceNames(settings).stable,
      subsets: [subset("stable"), subset("canary")],
      trafficPolicy,
    },
  };
  return { role: "destination-rule", object };
}

function weightsOf(settings: ReleaseSettings, weight: number): Described {
  const host = serviceNames(settings).stable;
  const route = [
    { destination: { host, subset: "stable" }, weight: 100 - weight },
    { destination: { host, subset: "canary" }, weight },
  ];
  const object: KubernetesObject<VirtualServiceSpec> = {
    apiVersion,
    kind: "VirtualService",
    metadata: metadata(settings, weightsName(settings)),
    spec: { http: [{ name: routeName, route }] },
  };
  return { role: "weights", object };
}

function virtualService(settings: ReleaseSettings, name: string, delegate: string): Described {
  const { host, path: prefix, gateway, namespace } = settings;
  const object: KubernetesObject<VirtualServiceSpec> = {
    apiVersion,
    kind: "VirtualService",
    metadata: metadata(settings, name),
    spec: {
      hosts: [host],
      gateways: [gateway.namespace ? `${gateway.namespace}/${gateway.name}` : gateway.name],
      http: [{ match: [{ uri: { prefix } }], delegate: { name: delegate, namespace } }],
    },
  };
  return { role: "virtual-service", object };
}
