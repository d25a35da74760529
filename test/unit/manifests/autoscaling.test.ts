import assert from "node:assert/strict";
import { pulumi } from "../../../manifests/controllers/pulumi";
import type { Role } from "../../../manifests/description";
import { routers } from "../../../manifests/routers";
import type { AutoscalerSpec, DeploymentSpec } from "../../../manifests/types/kubernetes";
import { RefusedRelease } from "../../../release/settings/refusal";
import { controllerNames, type ReleaseArgs } from "../../../release/settings";
import { releaseWith, settingsWith } from "../../support/releases";

const scaled: Partial<ReleaseArgs> = { replicas: 4, autoscaling: { maxReplicas: 12, cpu: "65%" } };
const byHand: Partial<ReleaseArgs> = {
  ...scaled,
  controller: "pulumi",
  steps: [
    { weight: 10, hold: "10m" },
    { weight: 60, hold: "10m" },
  ],
  stableImage: "registry.example.com/shop:1.3.0",
};
const released = (change: Partial<ReleaseArgs>) => releaseWith(change);
const owned = (change: Partial<ReleaseArgs>) =>
  released(change)
    .owned.filter(({ by }) => by === "autoscaler")
    .map(({ role, field }) => `${role} ${field}`);

/** "<kind> <least>-<most>" of each autoscaler's target, with what it may do downwards. */
const scalers = (change: Partial<ReleaseArgs>) =>
  released(change).objects.flatMap(({ role, object }) => {
    if (object.kind !== "HorizontalPodAutoscaler") return [];
    const { scaleTargetRef, minReplicas, maxReplicas, behavior } = object.spec as AutoscalerSpec;
    assert.equal(object.metadata.name, scaleTargetRef.name);
    return [
      `${role}: ${scaleTargetRef.kind}/${scaleTargetRef.name} ${minReplicas}-${maxReplicas}, ${"policies" in behavior.scaleDown ? "shrinks" : "keeps its pods"}`,
    ];
  });
const replicasOf = (role: Role, change: Partial<ReleaseArgs>) =>
  (released(change).objects.find((described) => described.role === role)?.object.spec as DeploymentSpec | undefined)
    ?.replicas;

describe("a release with an autoscaler", () => {
  it("keeps the pods at a share of the CPU that they ask for", () => {
    const { spec } = released(scaled).objects.at(-1)?.object ?? {};
    assert.deepEqual((spec as AutoscalerSpec).metrics, [
      { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 65 } } },
    ]);
  });

  it("controller argo-rollouts: scales the Rollout, and owns its count, which is declared for its creation", () => {
    assert.deepEqual(scalers(scaled), ["autoscaler: Rollout/shop 4-12, shrinks"]);
    assert.deepEqual(owned(scaled), ["rollout spec.replicas"]);
    assert.equal(replicasOf("rollout", scaled), 4);
  });

  const steps: [number, string[]][] = [
    [0, ["autoscaler: Deployment/shop 4-12, shrinks"]],
    [
      1,
      ["autoscaler: Deployment/shop 4-12, keeps its pods", "canary-autoscaler: Deployment/shop-canary 3-12, shrinks"],
    ],
    [
      2,
      ["autoscaler: Deployment/shop 4-12, keeps its pods", "canary-autoscaler: Deployment/shop-canary 3-12, shrinks"],
    ],
    [3, ["autoscaler: Deployment/shop 4-12, shrinks"]],
  ];
  for (const [step, expected] of steps) {
    it(`controller pulumi at step ${step}: ${expected.join("; ")}`, () => {
      assert.deepEqual(scalers({ ...byHand, step }), expected);
      assert.deepEqual(owned({ ...byHand, step }), [
        "stable-deployment spec.replicas",
        "canary-deployment spec.replicas",
      ]);
      assert.equal(replicasOf("stable-deployment", { ...byHand, step }), 4);
      assert.equal(replicasOf("canary-deployment", { ...byHand, step }), expected.length === 2 ? 3 : undefined);
    });
  }

  it("controller pulumi: the canary needs the pods for a mirrored share too", () => {
    const mirrored = settingsWith({
      ...byHand,
      step: 1,
      steps: [
        { mirror: 100, hold: "10m" },
        { weight: 10, hold: "10m" },
      ],
    });
    const canary = pulumi.describe(mirrored, routers.istio).objects.find(({ role }) => role === "canary-deployment");
    assert.equal((canary?.object.spec as DeploymentSpec).replicas, 4);
  });

  it("controller pulumi: its pods are there before the weight, and those of the stable version stay until it is back", () => {
    const order = (step: number) =>
      released({ ...byHand, step })
        .objects.map(({ role }) => role)
        .filter((role) => /deployment|autoscaler|canary-ingress/.test(role));
    assert.deepEqual(order(1), [
      "stable-deployment",
      "autoscaler",
      "canary-deployment",
      "canary-autoscaler",
      "canary-ingress",
    ]);
    for (const step of [0, 3]) assert.deepEqual(order(step), ["stable-deployment", "canary-ingress", "autoscaler"]);
  });

  for (const controller of ["argo-rollouts", "pulumi"] as const) {
    it(`controller ${controller}: has none, and owns nothing, where the number of pods is fixed`, () => {
      const fixed = { ...byHand, controller, step: 1, autoscaling: {} };
      assert.deepEqual([scalers(fixed), owned(fixed)], [[], []]);
    });
  }

  for (const controller of controllerNames) {
    it(`controller ${controller}: is refused where the number of pods is the share`, () => {
      const asked = { ...scaled, controller, router: "service" as const, steps: [{ weight: 50, hold: "10m" }] };
      assert.throws(
        () => released(asked),
        (error) =>
          error instanceof RefusedRelease &&
          /^(autoscaling.maxReplicas = 12|router = "service"): /.test(error.refusals[0] ?? ""),
      );
    });
  }
});
