import {
  ended,
  exceptionFor,
  exceptions,
  judgeExceptions,
  type ConfiguredException,
  type Exception,
} from "./exceptions";
import { Field } from "../objects/field";
import { kindOf, nameOf, type Input } from "../objects/input";
import { memoizedByObject } from "../objects/memoized";
import type { ObjectSet } from "../objects/objectSet";
import { attempt, type Finding, type Rule } from "./rule";

/** Numbers that a rule is configured with, by name; the rule's defaults stand in for those left out. */
export type Limits = Readonly<Record<string, number>>;

/** How a rule is configured: its limits by name, and exceptions from it. */
export type RuleConfiguration = Readonly<Record<string, unknown>> & {
  readonly exceptions?: readonly ConfiguredException[];
};

/** What says of a finding which rule it broke, and how to mend it. */
export type RuleText = Omit<Rule, "judge">;

/** A finding, and what became of it. */
export interface Judged extends Omit<Finding, "kind" | "object"> {
  readonly rule: RuleText;
  readonly kind: Finding["kind"] | "excepted";
  /** Absent where the configuration itself is at fault. */
  readonly object?: Finding["object"];
  /** By which it is excepted. */
  readonly exception?: Exception;
}

/**
 * What one rule finds in one object, seen together with others, its exceptions aside; what it cannot read, it tells
 * once. Nothing for kinds that it does not judge.
 */
export function findingsOf(rule: Rule, input: Input, objects: ObjectSet, configured: Limits = {}): readonly Finding[] {
  if (!rule.kinds.includes(kindOf(input))) return [];
  const found = [...attempt(() => rule.judge(new Field(input), objects, { ...defaultsOf(rule), ...configured }))];
  return found.every(({ kind }) => kind === "violation") ? found : toldOnce(found);
}

function toldOnce(findings: readonly Finding[]): readonly Finding[] {
  const told = new Map(findings.map((finding) => [finding.kind === "violation" ? finding : keyOf(finding), finding]));
  return [...told.values()];
}

const keyOf = ({ object, field, message }: Finding) => JSON.stringify([nameOf(object), field, message]);

const defaultsOf = memoizedByObject((rule: Rule): Limits =>
  Object.fromEntries(Object.entries(rule.limits).map(([name, limit]) => [name, limit.default])),
);

/** What one rule as it is configured finds in one object; `day` is the one on which exceptions are looked at. */
export function judge(
  rule: Rule,
  input: Input,
  objects: ObjectSet,
  configuration: RuleConfiguration,
  day: string,
): readonly Judged[] {
  return findingsOf(rule, input, objects, limitsOf(rule, configuration)).map((finding) => {
    const exception = exceptionFor(rule.name, finding.object, configuration.exceptions ?? [], day);
    return { ...finding, rule, ...(exception && { kind: "excepted", exception }) };
  });
}

/** What is wrong with the exceptions in an object's annotations. */
export function judgeAnnotatedExceptions(input: Input, rules: readonly Rule[], day: string): readonly Judged[] {
  const names = rules.map(({ name }) => name);
  return judgeExceptions(input, names, day).map((finding) => ({ ...finding, rule: exceptions }));
}

/** The configured exceptions from a rule that have ended. */
export function judgeConfiguredExceptions(
  rule: Rule,
  configuration: RuleConfiguration,
  day: string,
): readonly Judged[] {
  const over = (configuration.exceptions ?? []).filter(({ until }) => until < day);
  return over.map((exception) => ({
    kind: "violation",
    rule: exceptions,
    place: [],
    message: `${ended(rule.name, exception)}, for ${exception.object}`,
  }));
}

function limitsOf(rule: Rule, configuration: RuleConfiguration): Limits {
  const configured = Object.keys(rule.limits).map((name) => [name, configuration[name]] as const);
  return Object.fromEntries(
    configured.filter((limit): limit is readonly [string, number] => typeof limit[1] === "number"),
  );
}
