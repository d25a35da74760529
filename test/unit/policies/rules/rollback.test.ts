import { notKnown } from "../../../../policies/objects/field";
import { canary, deployment, input, object, rollout, service } from "../objects";
import { judgeTables, type Case } from "../table";

const subscribed = (trigger: string) =>
  rollout({}, {}, { [`notifications.argoproj.io/subscribe.${trigger}.slack`]: "shop" });
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

const cases: Record<string, readonly Case[]> = {
  "way-back": [
    ["an analysis", [rollout({}, { progressDeadlineAbort: undefined })], "passes"],
    ["a deadline", [rollout({ analysis: undefined })], "passes"],
    [
      "neither",
      [rollout({ analysis: undefined }, { progressDeadlineAbort: undefined })],
      "violation",
      /progressDeadlineAbort.*no analysis and no deadline aborts/,
    ],
    [
      "an analysis as a step",
      [rollout({ analysis: undefined, steps: [{ setWeight: 5 }, { analysis: {} }] }, { progressDeadlineAbort: false })],
      "passes",
    ],
    [
      "an experiment with an analysis",
      [
        rollout(
          { analysis: undefined, steps: [{ setWeight: 5 }, { experiment: { analyses: [] } }] },
          { progressDeadlineAbort: false },
        ),
      ],
      "passes",
    ],
    [
      "an experiment without one",
      [
        rollout(
          { analysis: undefined, steps: [{ setWeight: 5 }, { experiment: {} }] },
          { progressDeadlineAbort: false },
        ),
      ],
      "violation",
    ],
    [
      "a Rollout without steps",
      [rollout({ analysis: undefined, steps: [] }, { progressDeadlineAbort: false })],
      "passes",
    ],
    [
      "a deadline that is not known yet",
      [rollout({ analysis: undefined }, { progressDeadlineAbort: notKnown })],
      "not judged",
    ],
  ],
  "complete-abort": [
    ["a deadline that aborts", [rollout()], "passes"],
    [
      "a deadline that does not",
      [rollout({}, { progressDeadlineAbort: false })],
      "violation",
      /progressDeadlineAbort.*never become ready stays in flight/,
    ],
    [
      "a canary that stays",
      [rollout({ abortScaleDownDelaySeconds: 0 })],
      "violation",
      /abortScaleDownDelaySeconds.*stay after an abort/,
    ],
    ["a canary that stays for a second", [rollout({ abortScaleDownDelaySeconds: 1 })], "passes"],
    ["a blue-green Rollout", [rollout({}, { progressDeadlineAbort: false, strategy: { blueGreen: {} } })], "passes"],
    ["a delay that is not known yet", [rollout({ abortScaleDownDelaySeconds: notKnown })], "not judged"],
  ],
  "somebody-told": [
    ["a subscription to aborts", [subscribed("on-rollout-aborted")], "passes"],
    ["a subscription to an analysis that fails", [subscribed("on-analysis-run-failed")], "passes"],
    ["a subscription to a trigger of one's own", [subscribed("on-bad-news")], "passes"],
    [
      "a subscription to successes",
      [subscribed("on-rollout-completed")],
      "violation",
      /no subscription tells of an abort/,
    ],
    ["no subscription", [rollout({}, {}, {})], "violation"],
    [
      "annotations that are not known yet",
      [input({ ...rollout().object, metadata: { name: "web", annotations: notKnown } })],
      "not judged",
    ],
    ["a Canary with an alert", [canary()], "passes"],
    ["a Canary without one", [canary({ alerts: undefined })], "violation", /analysis\.alerts.*no alerts/],
    ["alerts that are not known yet", [canary({ alerts: notKnown })], "not judged"],
  ],
  "owned-fields": [
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
  ],
};

judgeTables(cases);
