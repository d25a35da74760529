import { parseCondition, type Condition, type Result } from "./condition";
import { NotReadable, type Field } from "./field";
import { NotParsed } from "./tokens";

/** How a measurement ends, as Argo Rollouts counts it: only a success lets the release go on. */
export type Outcome = "success" | "failure" | "inconclusive" | "error";

/** The conditions of a metric of an AnalysisTemplate; each may be left out. */
export interface Conditions {
  readonly success?: Condition;
  readonly failure?: Condition;
}

/** Reads a metric's conditions. Throws `NotReadable` for one that cannot be evaluated here. */
export function conditionsOf(metric: Field): Conditions {
  const read = (field: Field): Condition | undefined => {
    const text = field.text();
    return text === undefined || text === "" ? undefined : readable(field, () => parseCondition(text));
  };
  const [success, failure] = [read(metric.at("successCondition")), read(metric.at("failureCondition"))];
  return { ...(success && { success }), ...(failure && { failure }) };
}

/** How a measurement of this result ends: a failure wins, and with one condition alone what is not it is the other outcome. */
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
