import type { z } from "zod";
import { fieldPath } from "../fieldPath";
import { cut, printable, shown } from "../printable";
import { namesAt } from "./keys";
import { isLater } from "./valueTypes";

/** What is wrong with a release, a line for each key; `prefix` goes before each, as in "canary:". */
export class RefusedRelease extends Error {
  override readonly name = "RefusedRelease";
  readonly refusals: readonly string[];

  constructor(refusals: readonly string[], prefix = "") {
    const lines = refusals.map(printable);
    super(`this release is refused:\n${lines.map((line) => `  - ${prefix}${line}`).join("\n")}`);
    this.refusals = lines;
  }
}

/** Lines for one issue that a schema found in what was given: the key, the value, the rule and what is accepted. */
export function refusals(issue: z.core.$ZodIssue, given: unknown, shape: z.ZodRawShape): string[] {
  const path = issue.path.map((part) => (typeof part === "symbol" ? part.toString() : part));
  if (issue.code === "unrecognized_keys") {
    const keys = namesAt(path, shape);
    return issue.keys.map((key) => `${nameOf([...path, key])}: unknown key; accepted: ${keys.join(", ")}`);
  }
  if (issue.code === "invalid_key") {
    return [`${nameOf(path)}: ${issue.issues[0]?.message ?? issue.message}`];
  }
  return [`${nameOf(path)} = ${show(path, given)}: ${issue.message}`];
}

const nameOf = (path: readonly (string | number)[]) =>
  fieldPath(path.map((part) => (typeof part === "string" ? cut(part) : part)));

/**
 * A line for each key that every object of JavaScript has by itself, which reading would drop in silence; a release is
 * not deeper than this looks.
 */
export function dropped(given: unknown, path: readonly (string | number)[] = []): string[] {
  if (typeof given !== "object" || given === null || isLater(given) || path.length > deepest) return [];
  const own = Object.hasOwn(given, "__proto__")
    ? [`${nameOf([...path, "__proto__"])}: a name that no key can have; accepted: another name`]
    : [];
  const inside = Object.entries(given).flatMap(([key, value]) =>
    key === "__proto__" ? [] : dropped(value, [...path, Array.isArray(given) ? Number(key) : key]),
  );
  return [...own, ...inside];
}

const deepest = 8;

/** The refused value; never that of an environment variable, which may be a secret, or of what is known later. */
function show(path: readonly (string | number)[], given: unknown): string {
  if (path[0] === "environment") return "(hidden)";
  const value = path.reduce<unknown>((at, part) => (at as Record<string | number, unknown> | undefined)?.[part], given);
  if (value === undefined) return "(missing)";
  return isLater(value) ? "(known later)" : shown(value);
}
