import { NotPromQL, parseQuery, selectorsOf, type Expression } from "../../release/metrics/promql";
import { memoized } from "../objects/memoized";
import { NotParsed } from "./notParsed";

/** Stands in a query for an argument whose value is not known. */
export const unknownArgument = "an_argument_of_the_template";

/** A query with values for its `{{arguments}}`, by their names; 5m where one is a range. */
export function filled(query: string, valueOf: (name: string) => string = () => unknownArgument): string {
  return query
    .replace(/\[\s*\{\{[^{}]*\}\}\s*\]/g, "[5m]")
    .replace(/\{\{([^{}]*)\}\}/g, (_, name: string) => valueOf(name.trim()));
}

/** Reads a query that has no arguments. Throws `NotPromQL` where it is none. */
export const parsedQuery = memoized(parseQuery);

/** Reads a query with arguments. Throws `NotParsed` where it is none. */
export const parsedTemplate = memoized((query: string): Expression => {
  try {
    return parsedQuery(filled(query));
  } catch (error) {
    throw error instanceof NotPromQL ? new NotParsed(error.message) : error;
  }
});

/** In longer queries than are read nothing is looked for. */
const longest = 20_000;

/** Whether an argument is more than a label's value or a range, so that the query may be no PromQL without it. */
export function needsArguments(query: string): boolean {
  if (query.length > longest) return false;
  return filled(query.replace(/"(\\.|[^"\\])*("|$)|'(\\.|[^'\\])*('|$)/g, '""')).includes(unknownArgument);
}

/** Whether an argument stands for a part of the query, which is then not known. */
export function isPartlyKnown(expression: Expression): boolean {
  return selectorsOf(expression).some(({ metric }) => metric?.includes(unknownArgument));
}
