import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readEachMessageOnce } from "../../../../policies/gate/engineMessages";

interface Struct {
  toJavaScript(): object;
}
const { Struct } = createRequire(require.resolve("@pulumi/pulumi"))("google-protobuf/google/protobuf/struct_pb.js") as {
  readonly Struct: { fromJavaScript(value: object): Struct };
};

/** What the SDK reads a resource by, for each policy. */
const sdk = createRequire(__filename)("@pulumi/policy/deserialize") as {
  readonly deserializeProperties: (message: Struct, keepsSecrets: boolean) => unknown;
};

describe("the engine's messages", () => {
  it("are read once for all policies, each as it is", () => {
    readEachMessageOnce();
    const [one, other] = [2, 3].map((replicas) => Struct.fromJavaScript({ spec: { replicas } }));
    assert.ok(one && other);
    assert.deepEqual(sdk.deserializeProperties(one, false), { spec: { replicas: 2 } });
    assert.equal(sdk.deserializeProperties(one, false), sdk.deserializeProperties(one, false));
    assert.deepEqual(sdk.deserializeProperties(other, false), { spec: { replicas: 3 } });
  });
});
