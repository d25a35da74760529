import { createHash } from "node:crypto";
import type { Passed, ReleaseSettings } from "../release/settings";
import { isLater, whenKnown } from "../release/settings/valueTypes";
import type { Described } from "./description";
import type { EnvironmentVariable, SecretObject } from "./types/kubernetes";
import { metadata } from "./metadata";

/** The container's environment: text as it is, and a value that is known later, as secrets are, from a Secret. */
export function environmentOf(settings: ReleaseSettings): readonly EnvironmentVariable[] {
  const secret = secretName(settings);
  return Object.entries(settings.environment).map(([name, value]) =>
    isLater(value) ? { name, valueFrom: { secretKeyRef: { name: secret, key: name } } } : { name, value },
  );
}

/**
 * The Secret of the values that are known later; nothing without one. Other values make another Secret, so that they
 * reach users by a canary as another image does, and the pods of each version keep the values that they began with.
 */
export function environmentSecret(settings: ReleaseSettings): readonly Described[] {
  const values = secretValues(settings);
  if (values.length === 0) return [];
  const object: SecretObject = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: metadata(settings, secretName(settings)),
    immutable: true,
    stringData: Object.fromEntries(values),
    spec: undefined,
  };
  return [{ role: "environment", object, staysBehind: true }];
}

function secretValues({ environment }: ReleaseSettings) {
  return Object.entries(environment).flatMap(([name, value]) => (isLater(value) ? [[name, value] as const] : []));
}

function secretName(settings: ReleaseSettings): Passed<string> {
  return nameAfter(settings.application, secretValues(settings), []);
}

/** The name of the Secret with these values, once all of them are known. */
function nameAfter(
  application: string,
  [next, ...others]: ReturnType<typeof secretValues>,
  known: readonly (readonly [string, string])[],
): Passed<string> {
  if (next === undefined) {
    const digest = createHash("sha256").update(JSON.stringify(known)).digest("hex").slice(0, 10);
    return `${application}-environment-${digest}`;
  }
  const [name, value] = next;
  return whenKnown(value, (text) => nameAfter(application, others, [...known, [name, text]]));
}
