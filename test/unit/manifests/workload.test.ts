import assert from "node:assert/strict";
import { podTemplate } from "../../../manifests/workload";
import type { ControllerName, ReleaseArgs } from "../../../release/settings";
import type { DeploymentSpec } from "../../../manifests/types/kubernetes";
import { releaseWith, settingsWith } from "../../support/releases";

const template = (change: Partial<ReleaseArgs> = {}) => podTemplate(settingsWith(change), "hash").spec;
const podsOf = (controller: ControllerName) => {
  const roles = ["rollout", "stable-deployment", "target-deployment"];
  const found = releaseWith({ controller }).objects.find(({ role }) => roles.includes(role));
  return (found?.object.spec as DeploymentSpec).template.spec;
};

describe("how the pods of a version are spread", () => {
  const hashes: [ControllerName, string][] = [
    ["argo-rollouts", "rollouts-pod-template-hash"],
    ["pulumi", "pod-template-hash"],
    ["flagger", "pod-template-hash"],
  ];
  for (const [controller, hash] of hashes) {
    it(`controller ${controller}: over hosts and zones, each version by itself, and never at the price of not running`, () => {
      const spread = {
        maxSkew: 1,
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: { "app.kubernetes.io/name": "shop" } },
        matchLabelKeys: [hash],
      };
      assert.deepEqual(podsOf(controller).topologySpreadConstraints, [
        { ...spread, topologyKey: "kubernetes.io/hostname" },
        { ...spread, topologyKey: "topology.kubernetes.io/zone" },
      ]);
    });
  }

  it("is nobody's concern where no label is given", () => {
    assert.ok(!("topologySpreadConstraints" in template({ spread: [] })));
  });
});

describe("how a pod ends", () => {
  const ends: [ReleaseArgs["shutdown"], number | undefined, number][] = [
    [undefined, 5, 30],
    [{ drain: "20s", grace: "1m" }, 20, 60],
    [{ drain: "0s", grace: "10s" }, undefined, 10],
    [{ drain: "500ms" }, 1, 30],
  ];
  for (const [shutdown, drain, grace] of ends) {
    it(`${JSON.stringify(shutdown)}: serves for ${drain ?? "no"} s, and is killed after ${grace} s`, () => {
      const { containers, terminationGracePeriodSeconds } = template({ shutdown });
      assert.deepEqual(
        containers[0]?.lifecycle,
        drain === undefined ? undefined : { preStop: { sleep: { seconds: drain } } },
      );
      assert.equal(terminationGracePeriodSeconds, grace);
    });
  }
});
