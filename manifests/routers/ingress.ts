import type { ReleaseSettings } from "../../release/settings";
import type { IngressSpec, KubernetesObject, Labels } from "../types/kubernetes";
import { metadata } from "../metadata";

/** An Ingress that leads the release's host to one of its Services. */
export function ingress(
  settings: ReleaseSettings,
  name: string,
  service: string,
  annotations: Labels = {},
): KubernetesObject<IngressSpec> {
  const { host, path, ingressClass, tlsSecret } = settings;
  const backend = { service: { name: service, port: { name: "http" } } };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    // Pulumi would wait ten minutes for a load balancer's address, which many clusters never publish.
    metadata: metadata(settings, name, { ...annotations, "pulumi.com/skipAwait": "true" }),
    spec: {
      ingressClassName: ingressClass,
      ...(tlsSecret && { tls: [{ hosts: [host], secretName: tlsSecret }] }),
      rules: [{ host, http: { paths: [{ path, pathType: "Prefix", backend }] } }],
    },
  };
}
