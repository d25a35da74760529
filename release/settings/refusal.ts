import type { z } from "zod";
import { namesAt } from "./keys";

/** What is wrong with a release, a line for each key; `prefix` goes before each, as in "canary:". */
export class RefusedRelease extends Error {
  override readonly name = "RefusedRelease";
  constructor(
    readonly refusals: readonly string[],
    prefix = "",
  ) {
    super(`this release is refused:\n${refusals.map((refusal) => `  - ${prefix}${refusal}`).join("\n")}`);
  }
}

/** Lines for one issue that a schema found in what was given: the key, the value, the rule and what is accepted. */
export function refusals(issue: z.core.$ZodIssue, given: unknown, shape: z.ZodRawShape): string[] {
  const path = issue.path.map((part) => (typeof part === "symbol" ? part.toString() : part));
  if (issue.code === "unrecognized_keys") {
    const keys = namesAt(path, shape);
    return issue.keys.map((key) => `${keyOf([...path, key])}: unknown key; accepted: ${keys.join(", ")}`);
  }
  if (issue.code === "invalid_key") {
    return [`${keyOf(path)}: ${issue.issues[0]?.message ?? issue.message}`];
  }
  return [`${keyOf(path)} = ${show(path, given)}: ${issue.message}`];
}

/** A path in words: "steps[0].weight". */
export function keyOf(path: readonly (string | number)[]): string {
  return path.map((part, index) => (typeof part === "number" ? `[${part}]` : index === 0 ? part : `.${part}`)).join("");
}

/** The refused value as JSON; never that of an environment variable, which may be a secret. */
function show(path: readonly (string | number)[], given: unknown): string {
  if (path[0] === "environment") return "(hidden)";
  const value = path.reduce<unknown>((at, part) => (at as Record<string | number, unknown> | undefined)?.[part], given);
  return value === undefined ? "(missing)" : JSON.stringify(value);
}
