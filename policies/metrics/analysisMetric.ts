import { parseCondition, type Condition, type Result } from "../languages/condition";
import { secondsOf } from "../languages/durations";
import { NotReadable, type Field } from "../objects/field";
import { memoized } from "../objects/memoize";
import { NotParsed } from "../languages/tokens";

/** How a measurement ends, as Argo Rollouts counts it: only a success lets the release go on. */
export type Outcome = "success" | "failure" | "inconclusive" | "error";

/** The conditions of a metric of an AnalysisTemplate; each may be left out. */
export interface Conditions {
  readonly success?: Condition;
  readonly failure?: Condition;
}

const parsedCondition = memoized(parseCondition);

/** Reads a metric's conditions. Throws `NotReadable` for one that cannot be evaluated here. */
export function conditionsOf(metric: Field): Conditions {
  const read = (field: Field): Condition | undefined => {
    const text = field.text();
    return text === undefined || text === "" ? undefined : readable(field, () => parsedCondition(text));
  };
  return conditions(read(metric.at("successCondition")), read(metric.at("failureCondition")));
}

/** Parses conditions, "" for one that is left out. Throws `NotParsed` for one that cannot be evaluated here. */
export function parseConditions(success: string, failure: string): Conditions {
  const parse = (text: string) => (text === "" ? undefined : parsedCondition(text));
  return conditions(parse(success), parse(failure));
}

const conditions = (success: Condition | undefined, failure: Condition | undefined): Conditions => ({
  ...(success && { success }),
  ...(failure && { failure }),
});

/**
 * How a measurement of this result ends: a failure wins, and with one condition alone what is not it is the other
 * outcome.
 */
export function outcome({ success, failure }: Conditions, result: Result, argument?: number): Outcome {
  const [succeeds, fails] = [success?.holds(result, argument), failure?.holds(result, argument)];
  if (succeeds === "error" || fails === "error") return "error";
  if (fails === true || (failure === undefined && succeeds === false)) return "failure";
  return succeeds === true || success === undefined ? "success" : "inconclusive";
}

/** Reads the text of a field; what is not understood of it is `NotReadable`. */
export function readable<Value>(field: Field, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof NotParsed) throw new NotReadable(field, `cannot be evaluated here: ${error.message}`);
    throw error;
  }
}

/** The name of the one provider that answers a metric's query; "" for none. */
export function providerOf(metric: Field): string {
  return metric.at("provider").keys()[0] ?? "";
}

/**
 * Why no measurement of a metric can end the analysis badly; nothing where one can. Throws `NotReadable` for what is
 * not understood.
 */
export function whyItCannotFail(metric: Field): string | undefined {
  if (decidesItself(metric)) return undefined;
  if (providerOf(metric) === "plugin")
    throw new NotReadable(metric.at("provider"), "is a plugin, which may have a verdict of its own");
  const name = metric.at("name").text() ?? "";
  const conditions = conditionsOf(metric);
  if (!conditions.success && !conditions.failure)
    return `the metric ${name} has no condition, so every measurement is a success; accepted: a successCondition`;
  if (isConstant(conditions.success, true) && isConstant(conditions.failure, false)) {
    return `the conditions of the metric ${name} do not look at the result, so every measurement is a success`;
  }
  return exceedsNoLimit(metric, name, conditions);
}

/**
 * Whether a measurement is a verdict without a condition: the Job's or the provider's own, or a URL's, which fails with
 * any answer but 2xx.
 */
export function decidesItself(metric: Field): boolean {
  const provider = providerOf(metric);
  return provider === "web"
    ? !metric.at("successCondition").exists && !metric.at("failureCondition").exists
    : ["job", "kayenta"].includes(provider);
}

/** A condition that is left out is as good as a constant one. */
function isConstant(condition: Conditions["success"], value: boolean): boolean {
  return condition === undefined || (!condition.readsResult && condition.holds([]) === value);
}

/** A limit is how many measurements may end so: it takes one more than the limit to end the analysis. */
function exceedsNoLimit(metric: Field, name: string, { success, failure }: Conditions): string | undefined {
  const count = countOf(metric);
  const failureLimit = metric.at("failureLimit").number() ?? 0;
  const inconclusiveLimit = metric.at("inconclusiveLimit").number() ?? 0;
  const fails = !failure || !isConstant(failure, false);
  const ends =
    (fails && failureLimit >= 0 && count > failureLimit) ||
    (success && failure && count > inconclusiveLimit) ||
    ((metric.at("consecutiveSuccessLimit").number() ?? 0) > 0 && count < Infinity);
  if (ends) return undefined;
  const measurements =
    count === Infinity ? "any number of measurements" : `${count} ${count === 1 ? "measurement" : "measurements"}`;
  const accepted = count === Infinity ? "a failureLimit of 0 or more" : `a failureLimit below ${count}`;
  return `with ${measurements} and a failureLimit of ${failureLimit}, which the next failure would have to exceed, the metric ${name} cannot fail; accepted: ${accepted}`;
}

/** How often a metric is measured: once without an interval, and without end with an interval alone. */
export function countOf(metric: Field): number {
  return metric.at("count").number() || (metric.at("interval").exists ? Infinity : 1);
}

/** Seconds from the begin of an analysis to a metric's first measurement, and to its last. */
export function measuredFrom(metric: Field): { readonly first: number; readonly last: number } {
  const first = secondsOf(metric.at("initialDelay")) ?? 0;
  const count = countOf(metric);
  return { first, last: count === 1 ? first : first + (count - 1) * (secondsOf(metric.at("interval")) ?? 0) };
}
