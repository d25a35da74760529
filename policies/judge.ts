import { Field, type Input } from "./field";
import { kindOf, type Objects } from "./objects";
import { attempt, type Finding, type Rule } from "./rule";

/** Numbers that a rule is configured with, by name; the rule's defaults stand in for those left out. */
export type Limits = Readonly<Record<string, number>>;

/** What one rule finds in one object, seen together with others. Nothing for kinds that it does not judge. */
export function judge(rule: Rule, input: Input, objects: Objects, configured: Limits = {}): readonly Finding[] {
  if (!rule.kinds.includes(kindOf(input))) return [];
  const defaults = Object.entries(rule.limits).map(([name, limit]) => [name, limit.default] as const);
  const limits: Limits = { ...Object.fromEntries(defaults), ...configured };
  return [...attempt(() => rule.judge(new Field(input), objects, limits))];
}

/** What one rule finds in all objects. */
export function judgeAll(rule: Rule, objects: Objects, configured: Limits = {}): readonly Finding[] {
  return objects.inputs.flatMap((input) => judge(rule, input, objects, configured));
}
