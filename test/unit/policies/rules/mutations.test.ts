// Takes what this program declares for each pair of router and controller, which every rule accepts, and breaks one
// thing at a time.
import assert from "node:assert/strict";
import { ignoredFields } from "../../../../components/declare";
import type { Input } from "../../../../policies/objects/input";
import { ObjectSet } from "../../../../policies/objects/objectSet";
import { rules } from "../../../../policies/rules";
import type { ReleaseArgs } from "../../../../release/settings";
import { allFindings } from "../objects";
import { releaseWith } from "../../../support/releases";

interface Mutable extends Record<string, unknown> {
  kind: string;
  metadata: { name: string; annotations?: Record<string, string> };
}
interface MutableInput {
  object: Mutable;
  ignoredFields: readonly string[];
}

function declaredFor(change: Partial<ReleaseArgs>): MutableInput[] {
  const { objects, owned } = releaseWith(change);
  return objects.map(({ role, object }) => ({
    object: structuredClone(object) as unknown as Mutable,
    ignoredFields: ignoredFields(role, owned),
  }));
}

const broken = (inputs: readonly MutableInput[], severities: readonly string[] = ["error", "warning"]) =>
  rules
    .filter(
      (rule) =>
        severities.includes(rule.severity) &&
        allFindings(rule, new ObjectSet(inputs as readonly Input[])).some(({ kind }) => kind === "violation"),
    )
    .map(({ name }) => name);

/** A value in an object, by its path; "0" is a list's first item, and another word the one of that name. */
function at(object: unknown, path: string): unknown {
  return path
    .split(" ")
    .reduce((value, key) => (value as Record<string, unknown> | undefined)?.[keyIn(value, key)], object);
}

function keyIn(value: unknown, key: string): string {
  if (!Array.isArray(value) || /^\d+$/.test(key)) return key;
  return String((value as { readonly name?: string }[]).findIndex(({ name }) => name === key));
}

type Change = (inputs: MutableInput[]) => void;

/** Replaces a value of every object of a kind, or of the one of a name; takes it away without one. */
const set =
  (which: string, path: string, value?: unknown): Change =>
  (inputs) => {
    const found = inputs.filter(
      ({ object: { kind, metadata } }) => which === kind || which === `${kind} ${metadata.name}`,
    );
    assert.ok(found.length > 0, `there is no ${which}`);
    for (const { object } of found) {
      const keys = path.split(" ");
      const parent = at(object, keys.slice(0, -1).join(" ")) as Record<string, unknown> | undefined;
      assert.ok(parent, `${which} has no ${path}`);
      const key = keyIn(parent, keys.at(-1) ?? "");
      if (value === undefined) Reflect.deleteProperty(parent, key);
      else parent[key] = typeof value === "function" ? (value as (before: unknown) => unknown)(parent[key]) : value;
    }
  };
const without =
  (which: string): Change =>
  (inputs) => {
    const index = inputs.findIndex(({ object: { kind } }) => kind === which);
    assert.ok(index >= 0);
    inputs.splice(index, 1);
  };
const managed =
  (which: string): Change =>
  (inputs) => {
    const found = inputs.find(({ object: { kind }, ignoredFields }) => kind === which && ignoredFields.length > 0);
    assert.ok(found);
    found.ignoredFields = [];
  };
const replaced = (pattern: RegExp | string, by: string) => (before: unknown) => {
  const after = (before as string).replaceAll(pattern, by);
  assert.notEqual(after, before);
  return after;
};

type Mutation = readonly [title: string, change: Change, ...noticed: string[]];

const [container, canary] = ["spec template spec containers 0", "spec strategy canary"];
const ofPods = (kind: string): readonly Mutation[] => [
  ["no readiness probe", set(kind, `${container} readinessProbe`), "probes"],
  ["no liveness probe", set(kind, `${container} livenessProbe`), "probes"],
  ["the image latest", set(kind, `${container} image`, "registry.example.com/shop:latest"), "pinned-image"],
  ["an image without a tag", set(kind, `${container} image`, "registry.example.com/shop"), "pinned-image"],
  ["no requests and limits", set(kind, `${container} resources`), "resources"],
  ["no memory limit", set(kind, `${container} resources limits memory`), "resources"],
  ["a privileged container", set(kind, `${container} securityContext privileged`, true), "privileged-pods"],
  ["the node's network", set(kind, "spec template spec hostNetwork", true), "privileged-pods"],
  ["no time to shut down", set(kind, "spec template spec terminationGracePeriodSeconds", 0), "graceful-shutdown"],
  [
    "a longer sleep than the time to shut down",
    set(kind, `${container} lifecycle preStop sleep seconds`, 31),
    "graceful-shutdown",
  ],
  ["one replica", set(`${kind} shop`, "spec replicas", 1), "replicas"],
  ["no disruption budget", without("PodDisruptionBudget"), "disruption-budget"],
  [
    "a disruption budget of other pods",
    set("PodDisruptionBudget", "spec selector", { matchLabels: { app: "other" } }),
    "disruption-budget",
  ],
  ["no pod unavailable", set("PodDisruptionBudget", "spec maxUnavailable", 0), "drainable"],
];

const template = (path: string) => `spec metrics error-rate ${path}`;
const all =
  (...changes: readonly Change[]): Change =>
  (inputs) =>
    changes.forEach((change) => change(inputs));
const conditions = (success?: string, failure?: string) =>
  all(
    set("AnalysisTemplate", template("successCondition"), success),
    set("AnalysisTemplate", template("failureCondition"), failure),
  );
const query = (change: (before: unknown) => unknown) =>
  set("AnalysisTemplate", template("provider prometheus query"), change);
const hash = `${canary} analysis args canary-hash`;

const ofArgo: readonly Mutation[] = [
  ...ofPods("Rollout"),
  ["a first weight of 20", set("Rollout", `${canary} steps 0 setWeight`, 20), "first-weight"],
  ["a jump from 5 to 40", set("Rollout", `${canary} steps 2 setWeight`, 40), "weight-jump"],
  [
    "a weight that falls",
    set("Rollout", `${canary} steps`, (steps: unknown) => [
      ...(steps as object[]).slice(0, 6),
      ...[80, 60].flatMap((setWeight) => [{ setWeight }, { pause: { duration: "10m" } }]),
    ]),
    "rising-steps",
  ],
  ["one step", set("Rollout", `${canary} steps`, [{ setWeight: 10 }, { pause: {} }]), "weight-jump", "rising-steps"],
  ["a hold of 45 seconds", set("Rollout", `${canary} steps 1 pause duration`, "45s"), "min-hold"],
  [
    "no hold",
    set("Rollout", `${canary} steps`, (steps: unknown) => (steps as object[]).filter((_, index) => index !== 3)),
    "min-hold",
  ],
  [
    "an analysis that begins with 100",
    set("Rollout", `${canary} analysis startingStep`, 6),
    "analysis-fits-steps",
    "exposure",
  ],
  [
    "an analysis that is over after two measurements",
    set("AnalysisTemplate", "spec metrics", (metrics: unknown) =>
      (metrics as object[]).map((metric) => ({ ...metric, count: 2, failureLimit: 0, inconclusiveLimit: 0 })),
    ),
    "analysis-fits-steps",
  ],
  ["measurements that are four minutes apart", set("AnalysisTemplate", template("interval"), "4m"), "exposure"],
  [
    "measurements that are an hour apart",
    set("AnalysisTemplate", template("interval"), "1h"),
    "analysis-fits-steps",
    "exposure",
  ],
  ["no analysis", set("Rollout", `${canary} analysis`), "judged-by-a-metric"],
  [
    "an analysis that is never reached",
    set("Rollout", `${canary} analysis startingStep`, 8),
    "judged-by-a-metric",
    "exposure",
  ],
  ["a metric without a condition", conditions(), "judged-by-a-metric", "no-data-does-not-pass"],
  [
    "any number of failures",
    all(conditions("len(result) > 0 && result[0] < 0.05"), set("AnalysisTemplate", template("failureLimit"), -1)),
    "judged-by-a-metric",
  ],
  ["no value for the hash", set("Rollout", hash, { name: "canary-hash" }), "judged-by-a-metric"],
  ["a failure condition alone", conditions(undefined, "result[0] >= 0.05"), "no-data-does-not-pass"],
  ["a default of the whole query", query((before) => `${before as string} or vector(0)`), "no-data-does-not-pass"],
  ["a condition that nothing meets", conditions("result[0] < 0"), "conditions-decide"],
  ["a condition that every value meets", conditions("len(result) > 0 && result[0] >= 0"), "conditions-decide"],
  ["a list compared as a number", conditions("result < 0.05"), "conditions-decide"],
  ["the stable version's hash", set("Rollout", `${hash} valueFrom podTemplateHashValue`, "Stable"), "canary-query"],
  ["a query of both versions", query(replaced(/,rollouts_pod_template_hash="[^"]*"/g, "")), "canary-query"],
  [
    "a query of both versions in its denominator",
    query(replaced(/,rollouts_pod_template_hash="[^"]*"\}/g, "}")),
    "canary-query",
  ],
  ["a query that is not PromQL", query(replaced('=~"5', '~"5')), "canary-query"],
  ["an argument that nobody declares", query(replaced("args.canary-hash", "args.hash")), "canary-query"],
  [
    "nothing that aborts",
    all(set("Rollout", `${canary} analysis`), set("Rollout", "spec progressDeadlineAbort")),
    "judged-by-a-metric",
    "way-back",
    "complete-abort",
  ],
  ["a deadline that does not abort", set("Rollout", "spec progressDeadlineAbort", false), "complete-abort"],
  ["a canary that stays after an abort", set("Rollout", `${canary} abortScaleDownDelaySeconds`, 0), "complete-abort"],
];

const otherIngress = {
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: { name: "admin", namespace: "default" },
  spec: {
    rules: [
      {
        host: "admin.example.com",
        http: {
          paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "shop", port: { name: "http" } } } }],
        },
      },
    ],
  },
};
const prefix = "metadata annotations nginx.ingress.kubernetes.io/";
const ingressPath = "spec rules 0 http paths 0";
const shared: Mutation = [
  "another host with the same Service",
  (inputs) => inputs.push({ object: otherIngress, ignoredFields: [] }),
  "shared-upstream",
];
const first = (list: unknown) => (list as unknown[]).slice(0, 1);
const track = "spec selector track";

const ofPair: Readonly<Record<string, readonly Mutation[]>> = {
  "nginx argo-rollouts": [
    ["a Service that Pulumi manages whole", managed("Service"), "owned-fields"],
    [
      "an Ingress to another Service",
      set("Ingress", `${ingressPath} backend service name`, "other"),
      "weighted-destinations",
    ],
    shared,
  ],
  "istio argo-rollouts": [
    ["a VirtualService that Pulumi manages whole", managed("VirtualService"), "owned-fields"],
    ["a DestinationRule that Pulumi manages whole", managed("DestinationRule"), "owned-fields"],
    ["a weight below 0", set("VirtualService shop-weights", "spec http 0 route 1 weight", -1), "weighted-destinations"],
    [
      "no canary in the VirtualService",
      set("VirtualService shop-weights", "spec http 0 route", first),
      "weighted-destinations",
    ],
    [
      "a rule of another name",
      set("VirtualService shop-weights", "spec http 0 name", "other"),
      "weighted-destinations",
    ],
    ["subsets of no pod", set("DestinationRule", "spec subsets 0 labels", { version: "stable" }), "subsets-match-pods"],
  ],
  "traefik argo-rollouts": [
    ["a TraefikService that Pulumi manages whole", managed("TraefikService"), "owned-fields"],
    [
      "no canary in the TraefikService",
      set("TraefikService", "spec weighted services", first),
      "weighted-destinations",
    ],
    ["weights of 0", set("TraefikService", "spec weighted services 0 weight", 0), "weighted-destinations"],
  ],
  "gateway-api argo-rollouts": [
    ["an HTTPRoute that Pulumi manages whole", managed("HTTPRoute"), "owned-fields"],
    ["no canary in the HTTPRoute", set("HTTPRoute", "spec rules 0 backendRefs", first), "weighted-destinations"],
  ],
  "nginx pulumi": [
    ["a stable Service left widened", set("Service shop", track), "versions-apart"],
    ["a canary's Service left widened", set("Service shop-canary", track), "versions-apart"],
    [
      "a canary's Ingress to the stable Service",
      set("Ingress shop-canary", `${ingressPath} backend service name`, "shop"),
      "versions-apart",
    ],
    [
      "a canary's Ingress with another path",
      set("Ingress shop-canary", `${ingressPath} path`, "/cart"),
      "canary-ingress",
    ],
    [
      "a canary's Ingress with another pathType",
      set("Ingress shop-canary", `${ingressPath} pathType`, "Exact"),
      "canary-ingress",
    ],
    ["a canary's Ingress without a weight", set("Ingress shop-canary", `${prefix}canary-weight`), "canary-annotations"],
    ["a weight of 101", set("Ingress shop-canary", `${prefix}canary-weight`, "101"), "canary-annotations"],
    shared,
  ],
  "istio pulumi": [
    ["a stable subset left widened", set("DestinationRule", "spec subsets 0 labels track"), "versions-apart"],
    [
      "a canary's subset of no pod",
      set("DestinationRule", "spec subsets 1 labels track", "canry"),
      "subsets-match-pods",
    ],
    ["a weight below 0", set("VirtualService shop-weights", "spec http 0 route 1 weight", -1), "weighted-destinations"],
  ],
  "traefik pulumi": [
    ["a stable Service left widened", set("Service shop", track), "versions-apart"],
    [
      "weights of 0",
      all(
        set("TraefikService", "spec weighted services 0 weight", 0),
        set("TraefikService", "spec weighted services 1 weight", 0),
      ),
      "weighted-destinations",
    ],
  ],
  "gateway-api pulumi": [
    ["a stable Service left widened", set("Service shop", track), "versions-apart"],
    [
      "weights of 0",
      all(
        set("HTTPRoute", "spec rules 0 backendRefs 0 weight", 0),
        set("HTTPRoute", "spec rules 0 backendRefs 1 weight", 0),
      ),
      "weighted-destinations",
    ],
  ],
};

const errors = "MetricTemplate shop-error-rate";
const analysis = "spec analysis";
const ofFlagger: readonly Mutation[] = [
  ...ofPods("Deployment"),
  ["no metrics", set("Canary", `${analysis} metrics`, []), "judged-by-a-metric"],
  ["an analysis that is skipped", set("Canary", "spec skipAnalysis", true), "judged-by-a-metric"],
  [
    "a metric without a bound",
    set("Canary", `${analysis} metrics error-rate thresholdRange`, {}),
    "judged-by-a-metric",
  ],
  [
    "a range that nothing is in",
    set("Canary", `${analysis} metrics error-rate thresholdRange`, { min: 1, max: 0 }),
    "conditions-decide",
  ],
  [
    "a default of the whole query",
    set(errors, "spec query", (before: unknown) => `${before as string} or vector(0)`),
    "no-data-does-not-pass",
  ],
  [
    "a query of both versions",
    set(errors, "spec query", replaced(/,app_kubernetes_io_name="shop"/g, "")),
    "canary-query",
  ],
  ["a query of the stable version", set(errors, "spec query", replaced('"shop"', '"shop-primary"')), "canary-query"],
  ["a query that is not PromQL", set(errors, "spec query", 'sum(x{app~"shop"})'), "canary-query"],
  ["a first weight of 20", set("Canary", `${analysis} stepWeights 0`, 20), "first-weight"],
  ["a jump from 5 to 40", set("Canary", `${analysis} stepWeights 1`, 40), "weight-jump"],
  ["a weight given twice", set("Canary", `${analysis} stepWeights`, [5, 25, 25, 50]), "rising-steps"],
  ["no gate between short intervals", set("Canary", `${analysis} webhooks`), "min-hold"],
  ["replicas that Pulumi manages", managed("Deployment"), "owned-fields"],
  [
    "a disruption budget of the canary's pods alone",
    set("PodDisruptionBudget", "spec selector", { matchLabels: { "app.kubernetes.io/name": "shop" } }),
    "disruption-budget",
  ],
];

const controllers: readonly (readonly [Partial<ReleaseArgs>, readonly Mutation[]])[] = [
  [{ controller: "argo-rollouts", traffic: { requestRate: "100/s" } }, ofArgo],
  [{ controller: "pulumi", step: 1, stableImage: "registry.example.com/shop:1.3.0" }, ofPods("Deployment")],
  [{ controller: "flagger", judgement: { initialDelay: "30s" } }, ofFlagger],
];

for (const [settings, mutations] of controllers) {
  for (const router of ["nginx", "istio", "traefik", "gateway-api"] as const) {
    const pair = `${router} ${settings.controller ?? ""}`;
    describe(`a release with router ${router} and controller ${settings.controller ?? ""}`, () => {
      const release = () => declaredFor({ router, ...settings });

      it("breaks no rule", () => assert.deepEqual(broken(release(), ["error"]), []));

      for (const [title, change, ...noticed] of [...mutations, ...(ofPair[pair] ?? [])]) {
        it(`with ${title} breaks ${noticed.join(" and ")}`, () => {
          const before = broken(release());
          const inputs = release();
          change(inputs);
          assert.deepEqual(
            broken(inputs)
              .filter((rule) => !before.includes(rule))
              .sort(),
            noticed.sort(),
          );
        });
      }
    });
  }
}

describe("a release with other settings", () => {
  const others: readonly Partial<ReleaseArgs>[] = [
    ...(["slow", "soak"] as const).map((preset) => ({ preset })),
    ...(["nginx", "istio", "traefik", "gateway-api"] as const).flatMap((router) => [
      { router, autoscaling: { maxReplicas: 6 } },
      { router, controller: "pulumi" as const },
      { router, controller: "pulumi" as const, autoscaling: { maxReplicas: 6 } },
      { router, controller: "pulumi" as const, step: 5, stableImage: "registry.example.com/shop:1.3.0" },
      { router, segments: [{ name: "staff", gets: "canary" as const, when: [{ header: "x-group", exact: "staff" }] }] },
    ]),
    ...(["fail", "hold", { pass: "A nightly job, without users at other times." }] as const).map((noData) => ({
      judgement: { noData },
    })),
    {
      controller: "flagger",
      judgement: { initialDelay: "30s", noData: { pass: "A nightly job, without users at other times." } },
      router: "istio",
    },
    ...(["hold", "hold, then fail"] as const).map((noData) => ({
      controller: "flagger" as const,
      judgement: { initialDelay: "30s", noData },
    })),
    ...(["argo-rollouts", "pulumi"] as const).flatMap((controller) =>
      [{ webhook: "http://tests.example.com/" }, { image: "registry.example.com/shop-tests:1.4.0" }].map(
        (smokeTest) => ({ controller, router: "istio" as const, smokeTest }),
      ),
    ),
    { router: "service", replicas: 20 },
    { router: "service", controller: "pulumi", replicas: 20 },
    {
      router: "istio",
      steps: [
        { mirror: 10, hold: "10m" },
        { weight: 5, hold: "10m" },
        { weight: 30, hold: "until promoted" },
        { weight: 50, hold: "10m" },
      ],
    },
  ];
  for (const change of others) {
    it(`breaks no rule: ${JSON.stringify(change)}`, () => assert.deepEqual(broken(declaredFor(change), ["error"]), []));
  }

  it("breaks owned-fields where Pulumi manages the replicas that an autoscaler sets", () => {
    const inputs = declaredFor({ controller: "pulumi", router: "istio", autoscaling: { maxReplicas: 6 } });
    set("Deployment", "spec replicas", 3)(inputs);
    for (const each of inputs) if (each.object.kind === "Deployment") each.ignoredFields = [];
    assert.deepEqual(broken(inputs, ["error"]), ["owned-fields"]);
  });
});
