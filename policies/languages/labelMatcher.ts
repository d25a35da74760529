import type { Selector } from "../../release/metrics/promql";
import { patternOf } from "./pattern";

/** What a selector asks of one label. */
export type Matcher = Selector["matchers"][number];

/** Whether a matcher asks for series with some value of the label, and not for those without it. */
export const asksFor = ({ is }: Matcher) => is === "=" || is === "=~";

/**
 * Whether a matcher lets a label's value through; a pattern matches it as a whole. Throws `NotParsed` for a pattern
 * that Prometheus refuses.
 */
export function accepts(matcher: Matcher, value: string): boolean {
  const matches = isPattern(matcher) ? matcherPattern(matcher).matchesWhole(value) : matcher.value === value;
  return matches === asksFor(matcher);
}

/** Whether a matcher has a regular expression. */
export const isPattern = ({ is }: Matcher) => is.endsWith("~");

/** The text of a query has its backslashes doubled. */
export const matcherPattern = ({ value }: Matcher) => patternOf(value.replaceAll("\\\\", "\\"), true);
