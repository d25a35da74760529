import { createRequire } from "node:module";
import { memoizedByObject } from "../objects/memoized";

type Read = (message: object, keepsSecrets: boolean) => Readonly<Record<string, unknown>>;

/**
 * The SDK reads the properties of a resource anew for each policy, out of the engine's message: for a thousand
 * resources that takes longer than all the rest of the pack. No policy changes what it is given, so that one reading
 * serves all.
 */
export function readEachMessageOnce(): void {
  const sdk = createRequire(__filename)("@pulumi/policy/deserialize") as { deserializeProperties: Read };
  const read = sdk.deserializeProperties;
  const readOnce = memoizedByObject((message: object) => read(message, false));
  sdk.deserializeProperties = (message, keepsSecrets) => (keepsSecrets ? read(message, true) : readOnce(message));
}
