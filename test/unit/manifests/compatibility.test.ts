import assert from "node:assert/strict";
import type { Feature } from "../../../manifests/support";
import { features, supportOf, pairs, refusedPair } from "../../../manifests/compatibility";
import type { ReleaseArgs } from "../../../release/settings";
import { refusalsOf, releaseWith } from "../../support/releases";

/** Stands for a hold that every controller has room for: Flagger's own step, and one that others measure in. */
const hold = "a hold";
const holdOf = (controller: unknown) => (controller === "flagger" ? "2m" : "5m");

/** The least that asks for each feature, as every router that has it can mean it. */
const asks: Readonly<Record<Feature, Partial<ReleaseArgs>>> = {
  segments: { segments: [{ name: "staff", gets: "canary", when: [{ header: "x-staff", exact: "always" }] }] },
  never: { segments: [{ name: "staff", gets: "stable", when: [{ header: "x-staff", exact: "never" }] }] },
  sticky: { sticky: { cookie: "version" } },
  mirror: {
    steps: [
      { mirror: 10, hold },
      { weight: 50, hold },
    ],
  },
  autoscaling: { autoscaling: { maxReplicas: 10 } },
  "smoke test": { smokeTest: { webhook: "http://tests.example.com/" } },
  "smoke test by a Job": { smokeTest: { image: "registry.example.com/tests:1" } },
  holds: { steps: [{ weight: 50, hold: "10m" }] },
  promotion: { steps: [{ weight: 50, hold: "until promoted" }] },
  warnings: { thresholds: { errorRate: { fail: "5%", warn: "1%" } } },
  "goes on by itself": { decisions: "automatic" },
  "no data holds": { judgement: { noData: "hold" } },
  "no data passes": { judgement: { noData: { pass: "nobody uses it at night" } } },
  wait: { wait: true },
};

/** A release that no pair refuses, but for what is added. */
const plain = {
  replicas: 4,
  steps: [{ weight: 50, hold }],
  judgement: { interval: "2m", initialDelay: "2m", noData: "fail" },
} satisfies Partial<ReleaseArgs>;

const refusedFor = (change: Partial<ReleaseArgs>) =>
  refusalsOf(() => {
    const args = { ...plain, ...change, judgement: { ...plain.judgement, ...change.judgement } };
    const steps = (args.steps ?? []).map((step) => ({
      ...step,
      hold: step.hold === hold ? holdOf(args.controller) : step.hold,
    }));
    releaseWith({ ...args, steps });
  });

describe("every pair of router and controller", () => {
  for (const pair of pairs) {
    const name = `${pair.router} with ${pair.controller}`;
    const asWhole = refusedPair(pair);
    it(`${name}: ${asWhole ? "is refused" : "releases"}`, () => {
      const refusals = refusedFor(pair);
      assert.equal(refusals.length, asWhole ? 1 : 0, refusals.join("\n"));
      if (asWhole) assert.ok(refusals[0]?.includes(asWhole.why));
    });
    if (asWhole) continue;
    for (const feature of Object.keys(features) as Feature[]) {
      const means = supportOf(pair, feature);
      it(`${name}: ${features[feature].title}: ${means.how}`, () => {
        const refusals = refusedFor({ ...pair, ...asks[feature] });
        if (means.how !== "refused") return assert.deepEqual(refusals, []);
        const own = refusals.filter((refusal) => refusal.includes(means.why));
        assert.equal(own.length, 1, refusals.join("\n"));
        assert.match(own[0] ?? "", /; accepted: /);
      });
    }
  }

  it("releases one configuration with every default, by its two words", () => {
    for (const pair of pairs.filter((each) => !refusedPair(each))) {
      const shares = pair.router === "service" ? { replicas: 20 } : {};
      assert.deepEqual(
        refusalsOf(() => releaseWith({ ...pair, ...shares })),
        [],
        `${pair.router} with ${pair.controller}`,
      );
    }
  });

  it("names, where it is refused, the nearest pair that does the same", () => {
    for (const pair of pairs.filter((each) => !refusedPair(each))) {
      for (const feature of Object.keys(features) as Feature[]) {
        if (supportOf(pair, feature).how !== "refused") continue;
        const text = refusedFor({ ...pair, ...asks[feature] }).join("\n");
        const router = /accepted: this release with.*?router = "([a-z-]+)"/.exec(text)?.[1] ?? pair.router;
        const controller = /accepted: this release with.*?controller = "([a-z-]+)"/.exec(text)?.[1] ?? pair.controller;
        assert.ok(
          router !== pair.router || controller !== pair.controller,
          `${pair.router} ${pair.controller} ${feature}: ${text}`,
        );
        const nearest = { router, controller } as Partial<ReleaseArgs>;
        assert.deepEqual(refusedFor({ ...nearest, ...asks[feature] }), [], text);
      }
    }
  });
});
