import type { Selector } from "../../release/metrics/promql";

/** What a selector asks of one label. */
export type Matcher = Selector["matchers"][number];

/** Whether a matcher asks for series with some value of the label, and not for those without it. */
export const asksFor = ({ is }: Matcher) => is === "=" || is === "=~";

/** Whether a matcher lets a label's value through; undefined where its pattern cannot be read here. */
export function accepts(matcher: Matcher, value: string): boolean | undefined {
  try {
    const matches = matcher.is.endsWith("~") ? patternOf(matcher.value).test(value) : matcher.value === value;
    return matches === asksFor(matcher);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A pattern matches a value as a whole; the text of a query has its backslashes doubled. */
const patternOf = (text: string) => new RegExp(`^(?:${text.replace(/\\\\/g, "\\")})$`);
