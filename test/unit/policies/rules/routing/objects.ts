import { deployment, object, podTemplate, rollout } from "../../objects";

export const istio = "networking.istio.io/v1";
export const plainService = (name: string, selector: unknown) => object("v1", "Service", { selector }, { name });
export const widened = plainService("web", { app: "web" });
export const ofTrack = (track: string, name = `web-${track}`) =>
  deployment({ template: podTemplate({}, {}, { app: "web", track }) }, name);
export const httpRoute = (backendRefs: unknown, name = "web") =>
  object("gateway.networking.k8s.io/v1", "HTTPRoute", { rules: [{ backendRefs }] }, { name }, ["spec.rules"]);
export const traefik = (services: unknown) =>
  object("traefik.io/v1alpha1", "TraefikService", { weighted: { services } });
export const split = (one: unknown = 95, other: unknown = 5) => [
  { name: "web", port: 80, weight: one },
  { name: "web-canary", port: 80, weight: other },
];
export const virtualService = (route: unknown, name?: string) =>
  object(istio, "VirtualService", { http: [{ ...(name && { name }), route }] });
export const hosts = (one: unknown = 95, other: unknown = 5) => [
  { destination: { host: "web" }, weight: one },
  { destination: { host: "web-canary" }, weight: other },
];
export const subsets = (one: unknown = 95, other: unknown = 5) => [
  { destination: { host: "web", subset: "stable" }, weight: one },
  { destination: { host: "web", subset: "canary" }, weight: other },
];
export const destinationRule = (stableLabels: unknown, canaryLabels: unknown, host: unknown = "web") =>
  object(istio, "DestinationRule", {
    host,
    subsets: [
      { name: "stable", labels: stableLabels },
      { name: "canary", labels: canaryLabels },
    ],
  });
export const apart = destinationRule({ track: "stable" }, { track: "canary" });
export const path = (name: string, at: object = {}) => ({
  path: "/",
  pathType: "Prefix",
  backend: { service: { name, port: { number: 80 } } },
  ...at,
});
export const ingress = (
  paths: unknown,
  annotations: Readonly<Record<string, unknown>> = {},
  name = "web",
  host: unknown = "shop.example.com",
) => {
  const prefixed = Object.fromEntries(
    Object.entries(annotations).map(([key, value]) => [`nginx.ingress.kubernetes.io/${key}`, value]),
  );
  return object(
    "networking.k8s.io/v1",
    "Ingress",
    { rules: [{ host, http: { paths } }] },
    { name, annotations: prefixed },
  );
};
export const main = ingress([path("web")]);
export const weighted = { canary: "true", "canary-weight": "5" };
export const canaryIngress = (at: object = {}, annotations: object = weighted, name = "web-canary") =>
  ingress([path("web-canary", at)], { ...annotations }, name);
export const withNginx = (nginx: object = { stableIngress: "web" }) => rollout({ trafficRouting: { nginx } });
export const routed = (trafficRouting: object, change: object = {}) => rollout({ trafficRouting, ...change });
export const bySubset = { canaryService: undefined, stableService: undefined };
export const drIstio = (routes?: string[]) => ({
  istio: {
    virtualService: { name: "web", ...(routes && { routes }) },
    destinationRule: { name: "web", stableSubsetName: "stable", canarySubsetName: "canary" },
  },
});
