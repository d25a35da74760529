import assert from "node:assert/strict";
import { mock } from "node:test";
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
