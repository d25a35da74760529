import assert from "node:assert/strict";
import { wayBack, type RolloutObjects } from "../../../../verdict/controllers/argoRolloutsWayBack";
import { abortedFor, awaited, canary, replicaSet, rollout, service, stable } from "../builders";

const ingress = (weight: string | undefined, prefix = "nginx.ingress.kubernetes.io") => ({
  metadata: {
    annotations: {
      [`${prefix}/canary`]: "true",
      ...(weight === undefined ? {} : { [`${prefix}/canary-weight`]: weight }),
    },
  },
});

const back: RolloutObjects = {
  rollout: rollout(abortedFor("")),
  stableService: service(stable),
  canaryService: service(stable),
  weightObject: ingress("0"),
  replicaSets: [replicaSet(stable, 3), replicaSet(canary, 0)],
};

describe("the way back after an abort", () => {
  it("is complete when everything is as the stable version demands", () => {
    assert.deepEqual(wayBack(back, awaited), { traffic: [], pods: [] });
  });

  const missing: [string, Partial<RolloutObjects>, "traffic" | "pods", string][] = [
    [
      "the Rollout's weight",
      { rollout: rollout({ ...abortedFor(""), canary: { weights: { canary: { weight: 5 } } } }) },
      "traffic",
      "Rollout shop: status.canary.weights.canary.weight is 5, should be 0",
    ],
    [
      "the canary Ingress' weight",
      { weightObject: ingress("5") },
      "traffic",
      "Ingress shop-shop-canary: metadata.annotations[nginx.ingress.kubernetes.io/canary-weight] is 5, should be 0",
    ],
    [
      "the canary Ingress' weight, not set",
      { weightObject: ingress(undefined) },
      "traffic",
      "Ingress shop-shop-canary: metadata.annotations[nginx.ingress.kubernetes.io/canary-weight] is not set, should be 0",
    ],
    [
      "the canary Service's selector",
      { canaryService: service(canary) },
      "traffic",
      `Service shop-canary: spec.selector.rollouts-pod-template-hash is ${canary}, should be ${stable}`,
    ],
    [
      "the stable Service's selector",
      { stableService: service(undefined) },
      "traffic",
      `Service shop-stable: spec.selector.rollouts-pod-template-hash is not set, should be ${stable}`,
    ],
    [
      "a Service",
      { stableService: undefined },
      "traffic",
      `Service shop-stable: is not there, should select the stable pods (rollouts-pod-template-hash: ${stable})`,
    ],
    [
      "stable pods",
      { replicaSets: [replicaSet(stable, 3, 2)] },
      "pods",
      `stable ReplicaSet shop-${stable}: status.availableReplicas is 2, should be 3`,
    ],
    [
      "the stable ReplicaSet, though another Rollout has one",
      { replicaSets: [replicaSet(stable, 3, 3, "another")] },
      "pods",
      `stable ReplicaSet (rollouts-pod-template-hash: ${stable}): is not there, should have 3 available replicas`,
    ],
    [
      "the canary's scale-down",
      { replicaSets: [replicaSet(stable, 3), replicaSet(canary, 2)] },
      "pods",
      `canary ReplicaSet shop-${canary}: spec.replicas is 2, should be 0`,
    ],
  ];
  for (const [name, change, list, item] of missing) {
    it(`misses ${name}`, () =>
      assert.deepEqual(wayBack({ ...back, ...change }, awaited), { traffic: [], pods: [], [list]: [item] }));
  }

  it("needs no canary Ingress", () =>
    assert.deepEqual(wayBack({ ...back, weightObject: undefined }, awaited).traffic, []));

  it("reads the weight where the router keeps it", () => {
    const weight = {
      apiVersion: "traefik.io/v1alpha1",
      kind: "TraefikService",
      name: "shop",
      path: ["spec", "weighted", "services", 1, "weight"],
    };
    const traffic = (weightObject: object | undefined) =>
      wayBack({ ...back, weightObject }, { ...awaited, weight }).traffic;
    const weighted = (canaryWeight: number) => ({
      spec: { weighted: { services: [{ weight: 100 - canaryWeight }, { weight: canaryWeight }] } },
    });
    assert.deepEqual(traffic(weighted(0)), []);
    assert.deepEqual(traffic(weighted(25)), [
      "TraefikService shop: spec.weighted.services[1].weight is 25, should be 0",
    ]);
    assert.deepEqual(traffic(undefined), [
      "TraefikService shop: spec.weighted.services[1].weight is not set, should be 0",
    ]);
  });

  it("looks at no selectors and no weight where one Service leads to both versions", () => {
    const one = { ...awaited, stableService: undefined, canaryService: undefined, weight: undefined };
    assert.deepEqual(
      wayBack({ ...back, stableService: undefined, canaryService: undefined, weightObject: undefined }, one).traffic,
      [],
    );
  });

  it("leaves an aborted canary running where the Rollout was told to", () => {
    const running = { ...back, replicaSets: [replicaSet(stable, 3), replicaSet(canary, 2)] };
    assert.deepEqual(wayBack(running, { ...awaited, scaleDownSeconds: 0 }).pods, []);
  });

  it("does not look at another application's pods", () => {
    assert.deepEqual(
      wayBack({ ...back, replicaSets: [...back.replicaSets, replicaSet(canary, 2, 2, "another")] }, awaited).pods,
      [],
    );
  });
});
