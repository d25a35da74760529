import { z } from "zod";

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
export function refusals(issue: z.core.$ZodIssue, given: unknown, schema: z.ZodType): string[] {
  const path = issue.path.map((part) => (typeof part === "symbol" ? part.toString() : part));
  if (issue.code === "unrecognized_keys") {
    const keys = acceptedKeys(path, schema);
    return issue.keys.map((key) => `${keyOf([...path, key])}: unknown key; accepted: ${keys.join(", ")}`);
  }
  if (issue.code === "invalid_key") {
    return [`${keyOf(path)}: ${issue.issues[0]?.message ?? issue.message}`];
  }
  return [`${keyOf(path)} = ${show(path, given)}: ${issue.message}`];
}

/** The rule for a value of another type than the schema's, where the schema has no words of its own. */
export function wrongType(issue: z.core.$ZodRawIssue): string | undefined {
  const names: Readonly<Record<string, string>> = {
    object: "a map",
    record: "a map",
    array: "a list",
    string: "text",
    boolean: "true, false",
  };
  return issue.code === "invalid_type"
    ? `a value of another type is needed; accepted: ${names[issue.expected] ?? issue.expected}`
    : undefined;
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

/** The keys of the object at a path of the schema, found by asking it for an unknown key's neighbours. */
function acceptedKeys(path: readonly (string | number)[], schema: z.ZodType): readonly string[] {
  const at = path.reduce<z.ZodType>((type, part) => inner(unwrapped(type), part), schema);
  const object = unwrapped(at);
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

function inner(type: z.ZodType, part: string | number): z.ZodType {
  if (type instanceof z.ZodObject) return (type.shape as Record<string, z.ZodType>)[part] ?? z.never();
  if (type instanceof z.ZodArray) return type.element as z.ZodType;
  return z.never();
}

function unwrapped(type: z.ZodType): z.ZodType {
  if (type instanceof z.ZodOptional || type instanceof z.ZodDefault || type instanceof z.ZodPrefault) {
    return unwrapped(type.unwrap() as z.ZodType);
  }
  return type;
}
