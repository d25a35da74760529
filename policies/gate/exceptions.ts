import { exceptionAnnotation } from "../../manifests/annotations";
import { Field } from "../objects/field";
import { type Input, nameOf } from "../objects/input";
import { attempt, violation, type Finding, type Rule } from "./rule";

/** A rule that an object may break, why, and until when. */
export interface Exception {
  /** The last day on which it holds, such as "2027-01-31", in UTC. */
  readonly until: string;
  readonly reason: string;
}

/** An exception in a configuration. */
export interface ConfiguredException extends Exception {
  /** The objects' kind and name as findings write them, with * for any text: "Rollout shop/web", "Rollout shop/*". */
  readonly object: string;
}

export const leastReason = 10;
const accepted = `accepted: "until 2027-01-31: <a reason of at least ${leastReason} characters>"`;

/** Today's date as exceptions write it, in UTC. */
export const today = () => new Date().toISOString().slice(0, 10);

export function isDate(text: string): boolean {
  return (
    /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text)
  );
}

/** The exception of a rule that holds for an object on a day: the object's own, else the first configured one. */
export function exceptionFor(
  rule: string,
  object: Input["object"],
  configured: readonly ConfiguredException[],
  day: string,
): Exception | undefined {
  const holds = ({ until }: Exception) => until >= day;
  const own = annotated(object, rule);
  return own && holds(own) ? own : configured.find((exception) => holds(exception) && covers(exception, object));
}

/** Whether a configured exception is one for this object. */
export function covers({ object: pattern }: ConfiguredException, object: Input["object"]): boolean {
  const [begin = "", ...parts] = pattern.split("*");
  const [name, end] = [nameOf(object), parts.pop()];
  if (end === undefined) return name === begin;
  let at = begin.length;
  for (const part of parts) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.startsWith(begin) && name.endsWith(end) && name.length >= at + end.length;
}

function annotated(object: Input["object"], rule: string): Exception | undefined {
  const { annotations } = (object["metadata"] ?? {}) as {
    readonly annotations?: Readonly<Record<string, unknown>> | null;
  };
  const text = annotations?.[exceptionAnnotation + rule];
  return typeof text === "string" ? parseException(text) : undefined;
}

function parseException(text: string): Exception | undefined {
  const [, until = "", reason = ""] = /^until (\d{4}-\d{2}-\d{2}): (.*)$/s.exec(text.trim()) ?? [];
  return isDate(until) && reason.trim().length >= leastReason ? { until, reason: reason.trim() } : undefined;
}

/**
 * The rule that exceptions themselves are held to: those of objects in their annotations here, configured ones by
 * `endedExceptions`.
 */
export const exceptions: Omit<Rule<never>, "judge"> = {
  name: "exceptions",
  severity: "error",
  wrong: "An exception from a rule has ended, or does not say why and until when.",
  why: "An exception that nobody looks at again is how a rule gets lost.",
  mend: `Mend what the rule finds and take the exception away, or write it anew, in the object's annotation ${exceptionAnnotation}<rule> or in the configuration; ${accepted}.`,
  source: "This gate: an exception has a reason and an end.",
  kinds: [],
  limits: {},
};

/**
 * What is wrong with the exceptions in an object's annotations. One that cannot be read excepts nothing, and is nothing
 * wrong.
 */
export function judgeExceptions(input: Input, rules: readonly string[], day: string): readonly Finding[] {
  const found = attempt(function* () {
    const annotations = new Field(input).at("metadata", "annotations");
    for (const key of annotations.keys()) {
      if (key.startsWith(exceptionAnnotation))
        yield* attempt(() => judgeAnnotation(annotations.at(key), key.slice(exceptionAnnotation.length), rules, day));
    }
  });
  return [...found].filter(({ kind }) => kind === "violation");
}

function* judgeAnnotation(field: Field, rule: string, rules: readonly string[], day: string): Iterable<Finding> {
  const text = field.text() ?? "";
  const exception = parseException(text);
  if (!rules.includes(rule)) yield violation(field, `there is no rule ${rule}; accepted: ${rules.join(", ")}`);
  else if (!exception) yield violation(field, `"${text}" is no exception; ${accepted}`);
  else if (exception.until < day) yield violation(field, ended(rule, exception));
}

/** Says that an exception has ended. */
export function ended(rule: string, { until, reason }: Exception): string {
  return `the exception from ${rule} ended on ${until} (${reason})`;
}
