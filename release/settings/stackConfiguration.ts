import { z } from "zod";
import { keySchemas, type Passed, type ReleaseArgs } from ".";
import { shown } from "../printable";
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

/** A key of a stack's configuration: its text, and whether that or a part of it is a secret. */
export interface ConfigurationText {
  readonly name: string;
  readonly text: string;
  readonly isSecret: boolean;
}

/**
 * Turns the texts of a stack's configuration into a release as its author wrote it: text stands as it is, everything
 * else is JSON that Pulumi made of YAML, and `secret` keeps what is one. Throws `RefusedRelease` for text that does not
 * parse, and for a secret that would stand in clear text elsewhere.
 */
export function parseConfig(
  config: readonly ConfigurationText[],
  secret: (value: string) => Passed<string>,
): ReleaseArgs {
  const refused: string[] = [];
  const ofRelease = config.filter(({ name }) => !Object.hasOwn(programKeys, name));
  const parsed = ofRelease.map(({ name, text, isSecret }) => {
    if (isSecret && name !== "environment") {
      refused.push(`${name} = (hidden): ${noSecret}`);
      return [name, undefined];
    }
    const key = keys.get(name);
    if (key === undefined || key.type === "string") return [name, text];
    try {
      const value = JSON.parse(text) as unknown;
      return [name, isSecret ? withSecrets(value, secret) : value];
    } catch {
      const given = name === "environment" ? "(hidden)" : shown(text);
      refused.push(`${name} = ${given}: does not parse; accepted: ${accepted(key)}`);
      return [name, undefined];
    }
  });
  if (refused.length > 0) throw new RefusedRelease(refused);
  return Object.fromEntries(parsed) as ReleaseArgs;
}

const noSecret =
  "it is a secret, and would stand in clear text in objects, plans and logs; accepted: a value that is no secret; secrets belong in environment";

/** Pulumi tells that a map has a secret, and not which of its values is one. */
function withSecrets(value: unknown, secret: (value: string) => Passed<string>): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, text]) => [name, typeof text === "string" ? secret(text) : (text as unknown)]),
  );
}

function accepted({ type }: ConfigurationKey): string {
  if (type === "boolean") return "true, false";
  return type === "integer" ? "a whole number" : "a map or a list, as in Pulumi.yaml";
}
