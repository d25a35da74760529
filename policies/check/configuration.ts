import { z } from "zod";
import { fieldPath } from "../../release/fieldPath";
import { isDate, leastReason } from "../gate/exceptions";
import type { RuleConfiguration } from "../gate/judge";
import type { Rule } from "../gate/rule";
import { isMap } from "./located";
import { nameOfFile, Texts } from "./texts";
import { Unusable } from "./unusable";
import { readYaml } from "./yaml";

const levels = ["mandatory", "advisory", "disabled"] as const;
/** As in a Pulumi policy pack: what is mandatory is an error, what is advisory a warning. */
export type EnforcementLevel = (typeof levels)[number];

/** By the name of a rule, of `exceptions` or `not-judged`, or for all of them. */
export type Configuration = Readonly<
  Record<string, (RuleConfiguration & { readonly enforcementLevel?: EnforcementLevel }) | undefined>
>;

/** What may be configured beside the rules. */
const others = ["all", "exceptions", "not-judged", "excepted"];

/**
 * Reads how the rules are configured, from the same file as `pulumi preview --policy-pack-config`; it may be YAML too.
 * Throws `Unusable` with everything that is wrong with it.
 */
export function readConfiguration(path: string, rules: readonly Rule[], texts = new Texts()): Configuration {
  const file = nameOfFile(path);
  const [value = {}, second] = readYaml(file, texts.of(path)).map((document) => document.value ?? {});
  if (!isMap(value) || second !== undefined)
    throw new Unusable([`${file}: is no configuration; accepted: one map, by the names of rules`]);
  const result = schemaOf(rules).safeParse(value);
  if (result.success) return result.data as Configuration;
  throw new Unusable(
    result.error.issues.flatMap((issue) => inWords(issue, value, rules).map((problem) => `${file}: ${problem}`)),
  );
}

const level = z.enum(levels, { error: `accepted: ${levels.join(", ")}` });
const text = (rule: string, accepts: (text: string) => boolean) =>
  z.string({ error: rule }).refine(accepts, { error: rule });
const exception = z.strictObject({
  object: text(
    'the objects\' kind and name, with * for any text; accepted: such as "Rollout shop/web" or "Rollout shop/*"',
    (object) => object !== "",
  ),
  reason: text(`accepted: at least ${leastReason} characters`, (reason) => reason.trim().length >= leastReason),
  until: text("the last day on which it holds; accepted: such as 2027-01-31", isDate),
});

function schemaOf(rules: readonly Rule[]) {
  const keys = [
    ...others.map((name) => [name, configured({})] as const),
    ...rules.map((rule) => [rule.name, configured(forRule(rule))] as const),
  ];
  return z.strictObject(Object.fromEntries(keys));
}

/** A level alone, or a map of it and more. */
function configured(more: Readonly<Record<string, z.ZodType>>) {
  const map = z.strictObject({ ...more, enforcementLevel: level.optional() });
  return z.preprocess((value) => (typeof value === "string" ? { enforcementLevel: value } : value), map).optional();
}

function forRule({ limits }: Rule) {
  const numbers = Object.entries(limits).map(([name, { least, most }]) => {
    const rule = `a number; accepted: ${least} to ${most}`;
    return [name, z.number({ error: rule }).min(least, { error: rule }).max(most, { error: rule }).optional()] as const;
  });
  return { ...Object.fromEntries(numbers), exceptions: z.array(exception, { error: "accepted: a list" }).optional() };
}

function inWords(issue: z.core.$ZodIssue, value: unknown, rules: readonly Rule[]): readonly string[] {
  const where = fieldPath(issue.path.map((key) => (typeof key === "symbol" ? String(key) : key)));
  const known = [...others, ...rules.map(({ name }) => name)].join(", ");
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) =>
      where === "" ? `there is no rule ${key}; accepted: ${known}` : `${where} has no ${key}`,
    );
  const given = issue.path.reduce<unknown>(
    (inner, key) => (isMap(inner) || Array.isArray(inner) ? (inner as Record<PropertyKey, unknown>)[key] : inner),
    value,
  );
  return [`${where} = ${JSON.stringify(given) ?? "nothing"}: ${issue.message}`];
}
