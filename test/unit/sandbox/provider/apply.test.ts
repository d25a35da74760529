import assert from "node:assert/strict";
import { explainConflict, withoutIgnored } from "../../../../sandbox/provider/apply";
import { ApiError } from "../../../../sandbox/provider/client";
import type { Properties } from "../../../../sandbox/provider/values";

const owner = (manager: string, fields: Properties): Properties => ({ manager, fieldsV1: { "f:spec": fields } });

describe("the fields to ignore in an update", () => {
  const object = { spec: { selector: { app: "web" }, replicas: 1 } };
  const live = (...managedFields: readonly Properties[]) => ({
    metadata: { managedFields },
    spec: { selector: { app: "web", hash: "1" }, replicas: 5 },
  });

  it("are left out where only others own them", () => {
    const theirs = live(owner("us", { "f:replicas": {} }), owner("rollouts", { "f:selector": {} }));
    assert.deepEqual(withoutIgnored(object, theirs, "us", ["spec.selector"]), { spec: { replicas: 1 } });
  });

  it("are sent as they are live where we own them, or nobody does", () => {
    const shared = live(owner("us", { "f:replicas": {} }), owner("hpa", { "f:replicas": {} }));
    assert.deepEqual(withoutIgnored(object, shared, "us", ["spec.replicas"]), {
      spec: { selector: { app: "web" }, replicas: 5 },
    });
    assert.deepEqual(withoutIgnored(object, live(), "us", ["spec.replicas"]), {
      spec: { selector: { app: "web" }, replicas: 5 },
    });
  });

  it("stay as declared where they are not live, or no whole field is named", () => {
    assert.deepEqual(withoutIgnored({ spec: { paused: true } }, live(), "us", ["spec.paused"]), {
      spec: { paused: true },
    });
    assert.deepEqual(withoutIgnored(object, live(), "us", ['spec["replicas"]']), object);
  });
});

describe("a conflict", () => {
  const causes = [
    {
      reason: "FieldManagerConflict",
      message: 'conflict with "rollouts-controller" using v1',
      field: ".spec.selector",
    },
    { reason: "FieldManagerConflict", message: 'conflict with "hpa" using apps/v1', field: ".spec.replicas" },
  ];

  it("names each field, its owner and the ways out", () => {
    const error = explainConflict(new ApiError(409, { details: { causes } }), "v1/Service default/web");
    assert.ok(error instanceof Error);
    assert.match(
      error.message,
      /v1\/Service default\/web: spec\.selector is owned by "rollouts-controller"; spec\.replicas is owned by "hpa"/,
    );
    assert.match(
      error.message,
      /ignoreChanges: \["spec\.selector","spec\.replicas"\].*pulumi\.com\/patchForce: "true"/,
    );
  });

  it("is told from other refusals", () => {
    for (const error of [
      new ApiError(409, { message: "the object has been modified" }),
      new ApiError(422, { details: { causes } }),
      new Error("x"),
    ]) {
      assert.equal(explainConflict(error, "x"), error);
    }
  });
});
