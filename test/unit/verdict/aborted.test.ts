import assert from "node:assert/strict";
import { abortedBefore, type Wanted } from "../../../verdict/aborted";
import { rolloutRelease, type RolloutReader } from "../../../verdict/controllers/argoRollouts";
import type { Rollout } from "../../../verdict/types/argoRollouts";
import { awaited, canary, condition, rollout, stable } from "./builders";

const template = (image: string, attempt?: string) => ({
  metadata: attempt === undefined ? {} : { annotations: { "canary/attempt": attempt } },
  spec: { containers: [{ image }] },
});
const aborted = (attempt?: string) =>
  rollout(
    {
      abort: true,
      phase: "Degraded",
      ...condition("Progressing", "False", "RolloutAborted", "Rollout aborted update to revision 2: somebody said so"),
    },
    { template: template("shop:2", attempt) },
  );
const replicaSet = (hash: string, image: string) => ({
  metadata: { labels: { "rollouts-pod-template-hash": hash } },
  spec: { template: template(image) },
});

function readerOf(found: Rollout): RolloutReader {
  return {
    rollout: async () => found,
    analysisRuns: async () => [],
    objects: async () => ({
      rollout: found,
      stableService: undefined,
      canaryService: undefined,
      weightObject: undefined,
      replicaSets: [replicaSet(canary, "shop:2"), replicaSet(stable, "shop:1")],
    }),
  };
}

describe("a release that was aborted before", () => {
  const cases: [string, Wanted, Rollout, boolean][] = [
    ["is refused as it was", { image: "shop:2", attempt: 1 }, aborted(), true],
    ["is accepted with another image", { image: "shop:3", attempt: 1 }, aborted(), false],
    ["is accepted with the image that runs", { image: "shop:1", attempt: 1 }, aborted(), false],
    ["is accepted as another attempt", { image: "shop:2", attempt: 2 }, aborted(), false],
    ["is refused as the attempt that was aborted", { image: "shop:2", attempt: 2 }, aborted("2"), true],
    [
      "is not what a release in flight is",
      { image: "shop:2", attempt: 1 },
      rollout({}, { template: template("shop:2") }),
      false,
    ],
  ];
  for (const [what, wanted, found, refused] of cases) {
    it(what, async () => {
      const refusal = await abortedBefore(wanted, rolloutRelease(awaited, readerOf(found)));
      assert.equal(refusal !== undefined, refused, refusal);
      if (refused)
        assert.match(
          refusal ?? "",
          new RegExp(
            `runs shop:1; aborted: somebody said so; accepted: another image, or attempt = ${wanted.attempt + 1} to try`,
          ),
        );
    });
  }
});
