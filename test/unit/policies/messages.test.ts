import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readEachMessageOnce } from "../../../policies/messages";

interface Struct {
  toJavaScript(): { readonly spec: object };
}
const { Struct } = createRequire(require.resolve("@pulumi/pulumi"))("google-protobuf/google/protobuf/struct_pb.js") as { readonly Struct: { fromJavaScript(value: object): Struct } };

/** What the SDK reads a resource by, for each policy. */
const { deserializeProperties } = createRequire(__filename)("@pulumi/policy/deserialize") as { readonly deserializeProperties: (message: Struct, proxies: boolean) => { spec: { replicas: number } } };

describe("the engine's messages", () => {
  it("are read once, and each policy gets a copy of its own", () => {
    readEachMessageOnce();
    const message = Struct.fromJavaScript({ spec: { replicas: 2 } });
    assert.equal(message.toJavaScript(), message.toJavaScript());
    const [one, other] = [0, 1].map(() => deserializeProperties(message, false));
    if (one) one.spec.replicas = 3;
    assert.deepEqual(other, { spec: { replicas: 2 } });
  });
});
