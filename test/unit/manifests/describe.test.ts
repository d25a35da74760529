import assert from "node:assert/strict";
import { mock } from "node:test";
import { pairs, refusedPair } from "../../../manifests/compatibility";
import { controllers } from "../../../manifests/controllers";
import type { ReleaseArgs } from "../../../release/settings";
import { refusalsOf, releaseWith } from "../../support/releases";

/** A cookie that Flagger cannot give with ingress-nginx, and holds that have room for its measurements alone. */
const sticky: Partial<ReleaseArgs> = {
  controller: "flagger",
  router: "nginx",
  sticky: { cookie: "version" },
  steps: [{ weight: 50, hold: "2m" }],
  judgement: { interval: "2m", initialDelay: "2m", noData: "fail" },
};

describe("a release that its pair refuses", () => {
  afterEach(() => mock.restoreAll());

  it("names the nearest pair that takes it as it is written, and not one with other holds", () => {
    const [refusal = "", ...others] = refusalsOf(() => releaseWith(sticky));
    assert.deepEqual(others, []);
    assert.match(refusal, /; accepted: this release with router = "istio", or without it$/);
    assert.deepEqual(
      refusalsOf(() => releaseWith({ ...sticky, router: "istio" })),
      [],
    );
  });

  it("names a pair whose own defaults make it possible", () => {
    const automatic: Partial<ReleaseArgs> = {
      controller: "argo-rollouts",
      router: "gateway-api",
      sticky: { cookie: "version" },
      decisions: "automatic",
    };
    const [refusal = ""] = refusalsOf(() => releaseWith(automatic));
    assert.match(refusal, /; accepted: this release with controller = "flagger", or without it$/);
    assert.deepEqual(
      refusalsOf(() => releaseWith({ ...automatic, controller: "flagger" })),
      [],
    );
  });

  it("does not take a programming error for a pair that refuses it", () => {
    mock.method(controllers["argo-rollouts"], "describe", () => {
      throw new TypeError("a programming error");
    });
    const asked = { router: "service", sticky: { cookie: "version" } } as const;
    assert.throws(() => releaseWith(asked), /a programming error/);
  });
});

describe("the names of a release", () => {
  /** Kinds whose names are DNS labels: those that become hosts, or labels of pods. */
  const labels = ["Service", "Job"];
  const longest = (length: number) => `a${"b".repeat(length - 1)}`;
  const asLongAsCanBe: Partial<ReleaseArgs> = {
    application: longest(40),
    namespace: longest(63),
    replicas: 20,
    thresholds: { latency: { "p99.9999": { fail: "1s", timesStable: 2 } } },
    metrics: [{ name: longest(63), query: "sum(a{<canary>})", below: 5 }],
    exceptions: { [longest(56)]: "until 2027-01-31: both teams agreed on it" },
  };
  const tested: Partial<ReleaseArgs> = { smokeTest: { image: "registry.example.com/tests:1" } };

  for (const pair of pairs.filter((each) => !refusedPair(each))) {
    it(`are short enough for Kubernetes, however long its keys are: ${pair.router} with ${pair.controller}`, () => {
      const canTest = pair.router !== "service" && pair.controller !== "flagger";
      const { objects } = releaseWith({ ...asLongAsCanBe, ...pair, ...(canTest && tested) });
      for (const { kind, metadata } of objects.map(({ object }) => object)) {
        assert.ok(
          String(metadata.name).length <= (labels.includes(kind) ? 63 : 253),
          `${kind} ${String(metadata.name)}`,
        );
        for (const value of Object.values(metadata.labels ?? {})) assert.ok(value.length <= 63, value);
        for (const key of Object.keys(metadata.annotations ?? {}))
          assert.ok((key.split("/").at(-1) ?? "").length <= 63, key);
      }
    });
  }
});
