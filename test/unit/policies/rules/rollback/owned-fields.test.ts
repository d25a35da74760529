import { notKnown } from "../../../../../policies/objects/input";
import { canary, deployment, input, object, rollout, service } from "../../objects";
import { judgeTable } from "../../table";

const services = [service("web"), service("web-canary")];
const istio = { istio: { virtualService: { name: "web" }, destinationRule: { name: "web" } } };
const virtualService = (...ignored: string[]) =>
  object("networking.istio.io/v1", "VirtualService", { http: [] }, {}, ignored);
const destinationRule = (...ignored: string[]) =>
  object("networking.istio.io/v1", "DestinationRule", { subsets: [] }, {}, ignored);
const httpRoute = (...ignored: string[]) =>
  object("gateway.networking.k8s.io/v1", "HTTPRoute", { rules: [] }, {}, ignored);
const traefik = (...ignored: string[]) =>
  object("traefik.io/v1alpha1", "TraefikService", { weighted: {} }, {}, ignored);
const routed = (trafficRouting: object) => rollout({ trafficRouting });
const gateway = { plugins: { "argoproj-labs/gatewayAPI": { httpRoute: "web" } } };
const managed = input(deployment().object);
const autoscaler = (kind = "Deployment", apiVersion = "apps/v1") =>
  object("autoscaling/v2", "HorizontalPodAutoscaler", { scaleTargetRef: { apiVersion, kind, name: "web" } });

judgeTable("owned-fields", [
  [
    "a Service that Pulumi manages whole",
    [rollout(), service("web"), service("web-canary", [])],
    "violation",
    /Service web-canary.*Rollout web owns this field, and ignoreChanges names nothing/,
  ],
  ["Services whose selectors Pulumi leaves alone", [rollout(), ...services], "passes"],
  ["a Service whose spec Pulumi leaves alone", [rollout(), service("web"), service("web-canary", ["spec"])], "passes"],
  [
    "a part of the selector, which the provider does not protect",
    [rollout(), service("web"), service("web-canary", ["spec.selector.rollouts-pod-template-hash"])],
    "violation",
  ],
  ["a Service that is elsewhere", [rollout(), service("web")], "not judged", /Service web-canary, which is not among/],
  [
    "objects that no Pulumi program declares",
    [rollout(), ...services.map(({ object }) => ({ object }))],
    "not judged",
    /only where a Pulumi program/,
  ],
  ["a Service that no Rollout names", [service("web", [])], "passes"],
  ["a name that is not known yet", [rollout({ stableService: notKnown, canaryService: undefined })], "not judged"],
  [
    "a VirtualService that Pulumi manages whole",
    [routed(istio), ...services, virtualService(), destinationRule("spec.subsets")],
    "violation",
    /VirtualService web spec\.http.*Rollout web owns this field, and ignoreChanges names nothing; accepted: \["spec\.http"\]/,
  ],
  [
    "a DestinationRule that Pulumi manages whole",
    [routed(istio), ...services, virtualService("spec.http"), destinationRule("metadata.labels")],
    "violation",
    /spec\.subsets.*names metadata\.labels/,
  ],
  [
    "Istio's objects whose fields Pulumi leaves alone",
    [routed(istio), ...services, virtualService("spec.http"), destinationRule("spec.subsets")],
    "passes",
  ],
  ["an HTTPRoute that Pulumi manages whole", [routed(gateway), ...services, httpRoute()], "violation", /spec\.rules/],
  ["an HTTPRoute whose rules Pulumi leaves alone", [routed(gateway), ...services, httpRoute("spec.rules")], "passes"],
  [
    "a TraefikService that Pulumi manages whole",
    [routed({ traefik: { weightedTraefikServiceName: "web" } }), ...services, traefik()],
    "violation",
    /spec\.weighted\.services/,
  ],
  [
    "a TraefikService whose spec.weighted Pulumi leaves alone",
    [routed({ traefik: { weightedTraefikServiceName: "web" } }), ...services, traefik("spec.weighted")],
    "passes",
  ],
  [
    "the Services of a Rollout that takes turns",
    [
      rollout({
        pingPong: { pingService: "web", pongService: "web-canary" },
        stableService: undefined,
        canaryService: undefined,
      }),
      service("web", []),
      service("web-canary"),
    ],
    "violation",
  ],
  [
    "a Canary's Deployment whose replicas Pulumi manages",
    [canary(), managed],
    "violation",
    /Deployment web spec\.replicas.*Canary web owns this field.*or no replicas/,
  ],
  ["a Canary's Deployment whose replicas Pulumi leaves alone", [canary(), deployment()], "passes"],
  [
    "a Canary's Deployment without replicas",
    [canary(), { ...deployment({ replicas: undefined }), ignoredFields: [] }],
    "passes",
  ],
  [
    "a Canary's Deployment that no Pulumi program declares",
    [canary(), { object: managed.object }],
    "not judged",
    /only where a Pulumi program declares the Deployment/,
  ],
  [
    "a Deployment that is scaled, and whose replicas Pulumi manages",
    [autoscaler(), managed],
    "violation",
    /HorizontalPodAutoscaler web owns/,
  ],
  [
    "a Rollout that is scaled, and whose replicas Pulumi manages",
    [autoscaler("Rollout", "argoproj.io/v1alpha1"), rollout(), ...services],
    "violation",
    /Rollout web spec\.replicas/,
  ],
  [
    "a Rollout that is scaled, without replicas",
    [autoscaler("Rollout", "argoproj.io/v1alpha1"), rollout({}, { replicas: undefined }), ...services],
    "passes",
  ],
  ["something that is scaled elsewhere", [autoscaler()], "not judged"],
]);
