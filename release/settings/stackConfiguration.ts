import { z } from "zod";
import { keySchemas, type ReleaseArgs } from ".";
import { keysOf, type ConfigurationKey } from "./keys";
import { RefusedRelease } from "./refusal";

/** Keys of a stack's configuration that the program reads beside those of the release. */
export const programKeys = {
  installIngressNginx: z
    .boolean()
    .default(false)
    .describe(
      "Whether the stack installs the controller ingress-nginx too, before the release, to answer for ingressClass. The project was retired in March 2026.",
    ),
};

const keys: ReadonlyMap<string, ConfigurationKey> = new Map(keysOf(keySchemas).map((key) => [key.name, key]));

/**
 * Turns the texts of a stack's configuration into a release as its author wrote it: text stands as it is, everything
 * else is JSON that Pulumi made of YAML. Throws `RefusedRelease` for text that does not parse.
 */
export function parseConfig(config: readonly (readonly [string, string])[]): ReleaseArgs {
  const refused: string[] = [];
  const ofRelease = config.filter(([name]) => !Object.hasOwn(programKeys, name));
  const parsed = ofRelease.map(([name, value]) => {
    const key = keys.get(name);
    if (key === undefined || key.type === "string") return [name, value];
    try {
      return [name, JSON.parse(value) as unknown];
    } catch {
      const given = name === "environment" ? "(hidden)" : JSON.stringify(value);
      refused.push(`${name} = ${given}: does not parse; accepted: ${accepted(key)}`);
      return [name, undefined];
    }
  });
  if (refused.length > 0) throw new RefusedRelease(refused);
  return Object.fromEntries(parsed) as ReleaseArgs;
}

function accepted({ type }: ConfigurationKey): string {
  if (type === "boolean") return "true, false";
  return type === "integer" ? "a whole number" : "a map or a list, as in Pulumi.yaml";
}
