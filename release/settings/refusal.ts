import type { z } from "zod";
import { fieldPath } from "../fieldPath";
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
    return issue.keys.map((key) => `${fieldPath([...path, key])}: unknown key; accepted: ${keys.join(", ")}`);
  }
  if (issue.code === "invalid_key") {
    return [`${fieldPath(path)}: ${issue.issues[0]?.message ?? issue.message}`];
  }
  return [`${fieldPath(path)} = ${show(path, given)}: ${issue.message}`];
}

/** The refused value as JSON; never that of an environment variable, which may be a secret. */
function show(path: readonly (string | number)[], given: unknown): string {
  if (path[0] === "environment") return "(hidden)";
  const value = path.reduce<unknown>((at, part) => (at as Record<string | number, unknown> | undefined)?.[part], given);
  return value === undefined ? "(missing)" : JSON.stringify(value);
}
