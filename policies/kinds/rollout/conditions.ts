import { parseCondition, type Condition, type Result } from "../../languages/condition";
import { understood } from "../../languages/notParsed";
import type { MeasurementOutcome } from "../../metrics/metric";
import type { Field } from "../../objects/field";
import { memoized } from "../../objects/memoized";

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
    return text === undefined || text === "" ? undefined : understood(field, () => parsedCondition(text));
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
 * How Argo Rollouts ends a measurement of this result: a failure wins, and with one condition alone what is not it is
 * the other outcome.
 */
export function outcome({ success, failure }: Conditions, result: Result, argument?: number): MeasurementOutcome {
  const [succeeds, fails] = [success?.holds(result, argument), failure?.holds(result, argument)];
  if (succeeds === "error" || fails === "error") return "error";
  if (fails === true || (failure === undefined && succeeds === false)) return "failure";
  return succeeds === true || success === undefined ? "success" : "inconclusive";
}
