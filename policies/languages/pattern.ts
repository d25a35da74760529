import { RE2JS, RE2JSException } from "re2js";
import { memoized } from "../objects/memoized";
import { NotParsed } from "./notParsed";

/** Longer patterns than anybody writes by hand are not read, and longer texts not matched. */
const longest = 1000;
/** Nor those that repeat so much that a match would take long; RE2 counts so many instructions. */
const mostInstructions = 5000;

/**
 * A regular expression as Prometheus, Argo Rollouts and routers have it: of RE2, which matches in linear time. Throws
 * `NoPattern` with the reason for what RE2 refuses.
 */
export const patternOf = memoized((text: string, pointIsLineEnd: boolean): Pattern => {
  if (text.length > longest) throw new NotParsed(`the regular expression is longer than ${longest} characters`);
  const compiled = compile(text, pointIsLineEnd ? RE2JS.DOTALL : 0);
  if (compiled.programSize() > mostInstructions)
    throw new NotParsed(`the regular expression ${text} repeats too much to be matched here`);
  return {
    matchesWhole: (value) => compiled.testExact(bounded(value)),
    matchesPart: (value) => compiled.test(bounded(value)),
  };
});

/** Text that is no regular expression for RE2. */
export class NoPattern extends NotParsed {}

/** What a regular expression says of texts. Throws `NotParsed` for one that is too long. */
export interface Pattern {
  matchesWhole(text: string): boolean;
  matchesPart(text: string): boolean;
}

function compile(text: string, flags: number): RE2JS {
  try {
    return RE2JS.compile(text, flags);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new NoPattern(
      `${text} is no regular expression of RE2 (${error.message.replace(/^error parsing regexp: /, "")})`,
    );
  }
}

function bounded(text: string): string {
  if (text.length > longest) throw new NotParsed(`a text of more than ${longest} characters is not matched here`);
  return text;
}
