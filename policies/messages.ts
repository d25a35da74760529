import { createRequire } from "node:module";
import { rememberedOf } from "./remembered";

interface Struct {
  toJavaScript(): object;
}

/**
 * The SDK reads a resource's properties out of the engine's message anew for each policy, which for a thousand resources
 * takes longer than all the rest of the pack. It copies what it reads, so that one reading will do for all policies.
 */
export function readEachMessageOnce(): void {
  const { Struct } = requireOfPulumi("google-protobuf/google/protobuf/struct_pb.js") as { readonly Struct: { readonly prototype: Struct } };
  const { toJavaScript } = Struct.prototype;
  const read = rememberedOf((message: Struct) => toJavaScript.call(message) as object);
  Struct.prototype.toJavaScript = function (this: Struct) {
    return read(this);
  };
}

/** The protocol's messages are a package of Pulumi's, which need not be installed beside this one. */
const requireOfPulumi = createRequire(require.resolve("@pulumi/pulumi"));
