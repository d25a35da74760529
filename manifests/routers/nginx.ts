import type { ReleaseSettings } from "../../release/release";
import type { IngressSpec, KubernetesObject } from "../types/kubernetes";
import { metadata, serviceNames } from "../workload";
import type { Router } from "./router";

/** Ingress objects with ingress-nginx's canary annotations, which Traefik 3.7 and later reads too. */
export const nginx: Router = {
  /** Argo Rollouts creates `<rollout>-<ingress>-canary` beside the Ingress, and keeps the weight there: no field of ours is written. */
  byArgoRollouts: (settings) => {
    const object = ingress(settings);
    return {
      objects: [{ role: "ingress", object }],
      trafficRouting: { nginx: { stableIngress: object.metadata.name } },
      owned: [],
    };
  },
};

function ingress(settings: ReleaseSettings): KubernetesObject<IngressSpec> {
  const { application, host, path, ingressClass, tlsSecret } = settings;
  const backend = { service: { name: serviceNames(settings).stable, port: { name: "http" } } };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    // Pulumi would wait ten minutes for a load balancer's address, which many clusters never publish.
    metadata: metadata(settings, application, { "pulumi.com/skipAwait": "true" }),
    spec: {
      ingressClassName: ingressClass,
      ...(tlsSecret && { tls: [{ hosts: [host], secretName: tlsSecret }] }),
      rules: [{ host, http: { paths: [{ path, pathType: "Prefix", backend }] } }],
    },
  };
}
