import assert from "node:assert/strict";
import fc from "fast-check";
import { ignoredFields } from "../../../../components/declare";
import { type Input, notKnown } from "../../../../policies/objects/input";
import { ObjectSet } from "../../../../policies/objects/objectSet";
import { rules } from "../../../../policies/rules";
import type { ReleaseArgs } from "../../../../release/settings";
import { allFindings } from "../objects";
import { releaseWith } from "../../../support/releases";
import { places, replaced } from "../places";

const judgeEvery = (inputs: readonly Input[]) => {
  const objects = new ObjectSet(inputs);
  return rules.flatMap((rule) => allFindings(rule, objects).map((finding) => ({ rule, ...finding })));
};

function declared(change: Partial<ReleaseArgs>): Input[] {
  const { objects, owned } = releaseWith(change);
  return objects.map(({ role, object }) => ({
    object: object as unknown as Input["object"],
    ignoredFields: ignoredFields(role, owned),
  }));
}

const controllers = [
  { controller: "argo-rollouts" },
  { controller: "pulumi", step: 1, stableImage: "shop:1" },
  { controller: "flagger", judgement: { initialDelay: "30s" } },
] as const;
const releases = (["nginx", "istio", "traefik", "gateway-api"] as const).flatMap((router) =>
  controllers.map((controller) => declared({ router, ...controller })),
);

/** Fields that this program declares, and values that they have: objects made of them get far into every rule. */
const known = releases
  .flat()
  .flatMap(({ object }) =>
    places(object).map(
      (path) =>
        [
          path.at(-1) ?? "",
          path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], object),
        ] as const,
    ),
  );
const names = [...new Set(known.map(([name]) => name).filter((name) => !/^\d+$/.test(name)))];
const more = [
  "iterations",
  "stepWeight",
  "maxWeight",
  "skipAnalysis",
  "webhooks",
  "alerts",
  "templateRef",
  "min",
  "max",
  "threshold",
  "dryRun",
  "experiment",
  "plugin",
  "duration",
  "startingStep",
  "workloadRef",
  "targetRef",
  "pingPong",
  "minAvailable",
  "matchExpressions",
  "initContainers",
  "exec",
  "command",
  "virtualServices",
  "httpRoutes",
  "stableIngresses",
  "count",
  "rangeQuery",
  "value",
  "kind",
  "annotations",
];
const texts = [
  "web",
  "canary",
  "true",
  "10%",
  "10m",
  "5",
  "x",
  "sum(x) / sum(y)",
  "result[0] < {{args.x}}",
  "{{ target }}",
  "always",
  "Deployment",
  "Service",
  "Rollout",
  "",
];
const leaf = fc.oneof(
  fc.constantFrom(...texts),
  fc.integer({ min: -2, max: 200 }),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.constant(notKnown),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    leaf,
    fc.dictionary(fc.constantFrom(...names, ...more), tie("value"), { maxKeys: 6 }),
    fc.array(tie("value"), { maxLength: 3 }),
  ),
}));

/** Places of all but what says which kind of object it is. */
const wellFormed = (object: unknown) => places(object).filter(([key]) => key !== "apiVersion" && key !== "kind");

const kinds = [
  ...new Set(rules.flatMap((rule) => rule.kinds).concat("Service", "autoscaling/HorizontalPodAutoscaler")),
];
const metadata = fc.record({
  name: fc.constantFrom<unknown>("web", "web-canary", notKnown),
  namespace: fc.constantFrom<unknown>("a", undefined, notKnown),
  annotations: value,
});

const needAllObjects = new Set(rules.filter(({ needsAllObjects }) => needsAllObjects).map(({ name }) => name));

describe("every rule, of objects made of fields that it reads,", () => {
  it("throws nothing", () => {
    const object = fc.record({ kind: fc.constantFrom(...kinds), metadata, spec: value }).map(({ kind, ...rest }) => {
      const [group, name] = kind.includes("/") ? kind.split("/") : ["", kind];
      return { ...rest, apiVersion: group ? `${group}/v1` : "v1", kind: name };
    });
    fc.assert(
      fc.property(
        fc.array(object, { maxLength: 5 }),
        (objects) => void judgeEvery(objects.map((each) => ({ object: each, ignoredFields: [] }))),
      ),
      { numRuns: 2000 },
    );
  });

  const place = fc.constantFrom(
    ...releases.flatMap((release, index) =>
      release.flatMap(({ object }, which) => wellFormed(object).map((path) => [index, which, path] as const)),
    ),
  );

  it("throws nothing where any one value of a release is another one", () => {
    fc.assert(
      fc.property(place, value, ([index, which, path], by) => {
        const release = releases[index] ?? [];
        judgeEvery(
          release.map((input, at) =>
            at === which ? { ...input, object: replaced(input.object, path, by) as Input["object"] } : input,
          ),
        );
      }),
      { numRuns: 1000 },
    );
  });

  it("finds no error in a release of which any one value is not known yet", () => {
    fc.assert(
      fc.property(place, ([index, which, path]) => {
        const release = releases[index] ?? [];
        const found = judgeEvery(
          release.map((input, at) =>
            at === which ? { ...input, object: replaced(input.object, path, notKnown) as Input["object"] } : input,
          ),
        );
        assert.deepEqual(
          found.filter(({ kind, rule }) => kind === "violation" && rule.severity === "error"),
          [],
        );
      }),
      { numRuns: 1000 },
    );
  });

  const kept = (of: readonly Input[]) => fc.shuffledSubarray([...of]);
  const violations = (inputs: readonly Input[]) =>
    judgeEvery(inputs)
      .filter(({ kind }) => kind === "violation")
      .map(({ rule, object, field, message }) => `${rule.name} ${String(object["kind"])} ${field ?? ""} ${message}`);

  it("finds nothing in some of a release's objects that it does not find in all, but for those that are judged by the whole", () => {
    const whole = releases.map((release) => new Set(violations(release)));
    const some = fc
      .nat(releases.length - 1)
      .chain((index) => kept(releases[index] ?? []).map((inputs) => [index, inputs] as const));
    fc.assert(
      fc.property(some, ([index, inputs]) => {
        const found = violations(inputs).filter((violation) => !needAllObjects.has(violation.split(" ")[0] ?? ""));
        assert.deepEqual(
          found.filter((violation) => !whole[index]?.has(violation)),
          [],
        );
      }),
      { numRuns: 500 },
    );
  });

  it("needs all objects where it says so", () => {
    const missed = releases.flatMap((release) =>
      release.flatMap((_, index) =>
        violations(release.filter((each, at) => at !== index && each.object["kind"] !== "PodDisruptionBudget")),
      ),
    );
    for (const name of ["versions-apart", "disruption-budget"])
      assert.ok(
        missed.some((violation) => violation.startsWith(name)),
        name,
      );
  });
});
