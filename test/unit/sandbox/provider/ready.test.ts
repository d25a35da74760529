import assert from "node:assert/strict";
import { missingOfDeployment, missingOfService } from "../../../../sandbox/provider/ready";

describe("a Deployment", () => {
  const deployment = (status: object, generation = 2) => ({
    metadata: { generation },
    spec: { replicas: 3 },
    status: { ...status },
  });
  const done = { observedGeneration: 2, replicas: 3, updatedReplicas: 3, availableReplicas: 3 };
  const cases: readonly [string, object, readonly string[]][] = [
    ["is ready when all pods are new and available", done, []],
    [
      "is not ready before its controller has seen it",
      { ...done, observedGeneration: 1 },
      ["the Deployment's controller has not seen the newest version"],
    ],
    [
      "is not ready with too few new pods",
      { ...done, updatedReplicas: 1, replicas: 1 },
      ["1 of 3 pods have the newest template"],
    ],
    ["is not ready with old pods", { ...done, replicas: 4 }, ["1 pods of an older template are still there"]],
    ["is not ready with too few available pods", { ...done, availableReplicas: 2 }, ["2 of 3 pods are available"]],
    [
      "says that its deadline is over",
      {
        ...done,
        availableReplicas: 0,
        conditions: [{ type: "Progressing", reason: "ProgressDeadlineExceeded", message: "timed out" }],
      },
      ["0 of 3 pods are available", "timed out"],
    ],
  ];
  for (const [what, status, missing] of cases) {
    it(what, () => assert.deepEqual(missingOfDeployment(deployment(status)), missing));
  }

  it("of no pods is ready at once", () => {
    assert.deepEqual(
      missingOfDeployment({ metadata: { generation: 1 }, spec: { replicas: 0 }, status: { observedGeneration: 1 } }),
      [],
    );
  });
});

describe("a Service", () => {
  const slices = (...ready: readonly boolean[]) => [
    { endpoints: ready.map((isReady) => ({ conditions: { ready: isReady } })) },
  ];
  const spec = { selector: { app: "web" } };

  it("is ready when every endpoint is", () => {
    assert.deepEqual(missingOfService({ spec }, slices(true, true)), []);
    assert.deepEqual(missingOfService({ spec }, slices(true, false)), ["1 of 2 endpoints are not ready"]);
    assert.deepEqual(missingOfService({ spec }, []), ["no pod matches the Service's selector"]);
  });

  it("without a selector, external, or headless and empty is ready at once", () => {
    for (const exempt of [{}, { ...spec, type: "ExternalName" }, { ...spec, clusterIP: "None" }]) {
      assert.deepEqual(missingOfService({ spec: exempt }, []), []);
    }
  });

  it("of type LoadBalancer waits for an address", () => {
    const balanced = { spec: { ...spec, type: "LoadBalancer" } };
    assert.deepEqual(missingOfService(balanced, slices(true)), ["the load balancer has no address"]);
    assert.deepEqual(
      missingOfService({ ...balanced, status: { loadBalancer: { ingress: [{ ip: "10.0.0.1" }] } } }, slices(true)),
      [],
    );
  });
});
