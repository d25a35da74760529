import { answersARange, NotPromQL, type Expression } from "../../release/metrics/promql";
import { NotReadable, type Field } from "../objects/field";
import { needsArguments, parsedQuery, withoutArguments } from "../languages/emptyAnswer";
import { violation, type Finding } from "../gate/rule";

/** What is wrong with a query as text: it is no PromQL, or answers what no condition can be about. */
export function* judgeText(query: Field): Iterable<Finding> {
  if (!query.exists) return;
  const expression = parse(query, withoutArguments(query.text() ?? ""));
  if (typeof expression === "string") yield violation(query, `the query is not PromQL: ${expression}`);
  else if (answersARange(expression))
    yield violation(
      query,
      "the query answers a range of samples, of which a condition sees the oldest first; accepted: a function of it, such as rate(...) or avg_over_time(...)",
    );
}

/** A query, or why it is none. What an argument is a part of is not known where it does not parse. */
export function parse(field: Field, query: string): Expression | string {
  try {
    return parsedQuery(query);
  } catch (error) {
    if (!(error instanceof NotPromQL)) throw error;
    if (needsArguments(field.text() ?? ""))
      throw new NotReadable(field, "cannot be parsed without the values of its arguments");
    return error.message;
  }
}
