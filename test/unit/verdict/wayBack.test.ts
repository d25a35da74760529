import assert from "node:assert/strict";
import { canaryIngressName, type Objects, wayBack } from "../../../verdict/wayBack";
import { abortedFor, awaited, canary, replicaSet, rollout, service, stable } from "./builders";

const ingress = (weight: string | undefined, prefix = "nginx.ingress.kubernetes.io") => ({
  metadata: { annotations: { [`${prefix}/canary`]: "true", ...(weight === undefined ? {} : { [`${prefix}/canary-weight`]: weight }) } },
});

const back: Objects = {
  rollout: rollout(abortedFor("")),
  stableService: service(stable),
  canaryService: service(stable),
  canaryIngress: ingress("0"),
  replicaSets: [replicaSet(stable, 3), replicaSet(canary, 0)],
};

describe("the way back after an abort", () => {
  it("is complete when everything is as the stable version demands", () => {
    assert.deepEqual(wayBack(back, awaited), { traffic: [], pods: [] });
  });

  const missing: [string, Partial<Objects>, "traffic" | "pods", string][] = [
    [
      "the Rollout's weight",
      { rollout: rollout({ ...abortedFor(""), canary: { weights: { canary: { weight: 5 } } } }) },
      "traffic",
      "Rollout shop: status.canary.weights.canary.weight is 5, should be 0",
    ],
    [
      "the canary Ingress' weight",
      { canaryIngress: ingress("5") },
      "traffic",
      "Ingress shop-shop-canary: annotation nginx.ingress.kubernetes.io/canary-weight is 5, should be 0",
    ],
    [
      "the canary Ingress' weight, not set",
      { canaryIngress: ingress(undefined) },
      "traffic",
      "Ingress shop-shop-canary: annotation nginx.ingress.kubernetes.io/canary-weight is not set, should be 0",
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
    it(`misses ${name}`, () => assert.deepEqual(wayBack({ ...back, ...change }, awaited), { traffic: [], pods: [], [list]: [item] }));
  }

  it("needs no canary Ingress", () => assert.deepEqual(wayBack({ ...back, canaryIngress: undefined }, awaited).traffic, []));

  it("reads the weight under the Rollout's own annotation prefix", () => {
    const own = rollout(abortedFor(""), { strategy: { canary: { trafficRouting: { nginx: { annotationPrefix: "example.com" } } } } });
    assert.deepEqual(wayBack({ ...back, rollout: own, canaryIngress: ingress("0", "example.com") }, awaited).traffic, []);
    assert.equal(wayBack({ ...back, rollout: own }, awaited).traffic.length, 1);
  });

  it("leaves an aborted canary running where the Rollout was told to", () => {
    const running = { ...back, replicaSets: [replicaSet(stable, 3), replicaSet(canary, 2)] };
    assert.deepEqual(wayBack(running, { ...awaited, scaleDownSeconds: 0 }).pods, []);
  });

  it("does not look at another application's pods", () => {
    assert.deepEqual(wayBack({ ...back, replicaSets: [...back.replicaSets, replicaSet(canary, 2, 2, "another")] }, awaited).pods, []);
  });
});

describe("the canary Ingress' name", () => {
  it("joins both names", () => assert.equal(canaryIngressName("shop", "web"), "shop-web-canary"));
  it("is cut to 253 characters as the controller does", () => {
    const name = canaryIngressName("a".repeat(200), "b".repeat(200));
    assert.equal(name.length, 253);
    assert.ok(name.endsWith("b-canary"));
  });
});
