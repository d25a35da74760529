import assert from "node:assert/strict";
import type { Role } from "../../../../manifests/description";
import type { DeploymentSpec } from "../../../../manifests/types/kubernetes";
import { RefusedRelease } from "../../../../release/settings/refusal";
import { routerNames, type ReleaseArgs, type RouterName } from "../../../../release/settings";
import { releaseWith } from "../../../support/releases";

const plan: Partial<ReleaseArgs> = {
  controller: "pulumi",
  replicas: 4,
  steps: [
    { weight: 25, hold: "10m" },
    { weight: 50, hold: "10m" },
  ],
  stableImage: "registry.example.com/shop:1.3.0",
};
const released = (router: RouterName, step: number, change: Partial<ReleaseArgs> = {}) =>
  releaseWith({ ...plan, router, step, ...change });
const deploymentOf = (role: Role, step: number, router: RouterName = "nginx", change: Partial<ReleaseArgs> = {}) => {
  const spec = released(router, step, change).objects.find((described) => described.role === role)?.object.spec as
    DeploymentSpec | undefined;
  return spec && [spec.replicas, spec.template.spec.containers[0]?.image];
};
const stable = "registry.example.com/shop:1.3.0";
const canary = "registry.example.com/shop:1.4.0";
const holders: Readonly<Record<RouterName, Role | undefined>> = {
  service: undefined,
  nginx: "canary-ingress",
  istio: "weights",
  "gateway-api": "http-route",
  traefik: "traefik-service",
};

describe("controller pulumi", () => {
  for (const router of routerNames) {
    const order = (step: number) => {
      const roles = released(router, step).objects.map(({ role }) => role);
      const moved: (Role | undefined)[] = ["stable-deployment", "canary-deployment", holders[router]];
      return roles.filter((role) => moved.includes(role));
    };
    const holder = holders[router] ?? [];

    it(`${router}: raises the weight when the canary is ready, and takes it away before the canary goes`, () => {
      const raising =
        router === "service"
          ? ["canary-deployment", "stable-deployment"]
          : ["stable-deployment", "canary-deployment", holder];
      assert.deepEqual(order(1), raising);
      assert.deepEqual(order(2), raising);
      assert.deepEqual(order(0), ["stable-deployment", holder].flat());
      assert.deepEqual(order(3), ["stable-deployment", holder].flat());
    });

    it(`${router}: selects the pods of each version by their track`, () => {
      const text = JSON.stringify(released(router, 1).objects.filter(({ role }) => !role.endsWith("deployment")));
      const both = text.includes('"track":"stable"') && text.includes('"track":"canary"');
      assert.equal(both, router !== "service");
    });

    it(`${router}: writes the step on the object that all others come after`, () => {
      const { objects, moves } = released(router, 2);
      assert.equal(objects[0]?.role, moves?.role);
      assert.equal(objects[0]?.object.metadata.annotations?.["canary/step"], "2");
    });
  }

  it("runs both versions in flight, the stable one again at step 0, the new one when promoted", () => {
    assert.deepEqual(
      [deploymentOf("stable-deployment", 1), deploymentOf("canary-deployment", 1)],
      [
        [4, stable],
        [1, canary],
      ],
    );
    assert.deepEqual(
      [deploymentOf("stable-deployment", 2), deploymentOf("canary-deployment", 2)],
      [
        [4, stable],
        [2, canary],
      ],
    );
    assert.deepEqual(
      [deploymentOf("stable-deployment", 0), deploymentOf("canary-deployment", 0)],
      [[4, stable], undefined],
    );
    assert.deepEqual(
      [deploymentOf("stable-deployment", 3), deploymentOf("canary-deployment", 3)],
      [[4, canary], undefined],
    );
  });

  it("runs the image as the stable version where there is no other", () => {
    assert.deepEqual(deploymentOf("stable-deployment", 0, "nginx", { stableImage: "" }), [4, canary]);
  });

  it("splits by the number of pods on a bare Service", () => {
    assert.deepEqual(
      [deploymentOf("stable-deployment", 1, "service"), deploymentOf("canary-deployment", 1, "service")],
      [
        [3, stable],
        [1, canary],
      ],
    );
  });

  it("judges by the canary's pods alone", () => {
    for (const { query } of released("nginx", 1).metrics) {
      const selectors = query.match(/\{[^}]*\}/g) ?? [];
      assert.ok(selectors.length > 0);
      for (const selector of selectors)
        assert.match(selector, /namespace="default",app_kubernetes_io_name="shop",track="canary"/);
    }
  });

  const refused: [string, number, Partial<ReleaseArgs>, RegExp][] = [
    [
      "a step after the promotion",
      4,
      {},
      /^step = 4: the plan has 2 steps; accepted: 0 to 3, at which the release is promoted$/,
    ],
    [
      "a canary without a stable version",
      1,
      { stableImage: "" },
      /^stableImage = "": step 1 has a canary beside a stable version/,
    ],
    [
      "waiting for a verdict",
      1,
      { wait: true },
      /^wait = true: router nginx with controller pulumi: each up ends when its pods are ready.*; accepted: this release with controller = "argo-rollouts", or without it$/,
    ],
  ];
  for (const [what, step, change, message] of refused) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => released("nginx", step, change),
        (error) =>
          error instanceof RefusedRelease && error.refusals.length === 1 && message.test(error.refusals[0] ?? ""),
      );
    });
  }
});
