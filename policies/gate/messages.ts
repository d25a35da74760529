import { createRequire } from "node:module";
import { memoizedByObject } from "../objects/memoize";

type Read = (message: object, keepsSecrets: boolean) => Readonly<Record<string, unknown>>;

/**
 * The SDK reads a resource's properties out of the engine's message anew for each policy, which for a thousand
 * resources takes longer than all the rest of the pack. None of these policies changes what it is given, so that one
 * reading does.
 */
export function readEachMessageOnce(): void {
  const sdk = createRequire(__filename)("@pulumi/policy/deserialize") as { deserializeProperties: Read };
  const read = sdk.deserializeProperties;
  const readOnce = memoizedByObject((message: object) => read(message, false));
  sdk.deserializeProperties = (message, keepsSecrets) => (keepsSecrets ? read(message, true) : readOnce(message));
}
