import { leastBetween } from "../../release/bisection";
import { argumentsOf, rangesOf, selectorsOf, type Expression, type Selector } from "../../release/metrics/promql";
import type { Result } from "../languages/condition";
import { parseRange } from "../languages/durations";
import { accepts } from "../languages/labelMatcher";
import { understood } from "../languages/notParsed";
import { answersAScalar } from "../languages/possibleAnswers";
import { isPartlyKnown, parsedTemplate } from "../languages/queryTemplate";
import { NotReadable, type Field } from "../objects/field";
import { longest } from "./bounds";
import type { MeasurementOutcome } from "./metric";

/** A metric that takes a release back once a share of the canary's requests fails, in a window of so many seconds. */
export interface SeesFailures {
  readonly threshold: number;
  /** Whether the threshold itself fails already. */
  readonly equalFails: boolean;
  readonly window: number;
}

/** A metric that lets nothing go on with fewer requests per second than these. */
export interface NeedsRequests {
  readonly leastRequestRate: number;
}

/** Requests of a canary: per second, and the share of them that fails. */
interface Requests {
  readonly rate: number;
  readonly failing: number;
}

/**
 * What a query and its conditions say of requests: nothing where they are about something else, such as latency. Throws
 * `NotReadable` where an argument or a range keeps that from being known.
 */
export function aboutRequests(
  at: Field,
  text: string,
  outcomeOf: (result: Result) => MeasurementOutcome,
): SeesFailures | NeedsRequests | undefined {
  return understood(at, () => saidOfRequests(at, text, outcomeOf));
}

function saidOfRequests(
  at: Field,
  text: string,
  outcomeOf: (result: Result) => MeasurementOutcome,
): SeesFailures | NeedsRequests | undefined {
  if (/\[\s*\{\{/.test(text)) throw new NotReadable(at, "looks back over an argument whose value is not known here");
  const query = parsedTemplate(text);
  if (isPartlyKnown(query)) throw new NotReadable(at, "has an argument as a part of it");
  const value = (requests: Requests) => answer(query, requests);
  const outcome = (requests: Requests) => {
    const number = value(requests) ?? NaN;
    return outcomeOf(answersAScalar(query) ? number : [number]);
  };
  const [one, many] = [
    { rate: 1, failing: 0.5 },
    { rate: 1000, failing: 0.5 },
  ].map(value);
  if (one === undefined || many === undefined) return undefined;
  const isShare = Math.abs(one - many) <= 1e-9 * Math.abs(one);
  if (isShare) {
    const fails = (failing: number) => outcome({ rate: 1, failing }) === "failure";
    if (fails(0) || !fails(1)) return undefined;
    const threshold = least(fails, 1);
    return { threshold, equalFails: fails(threshold), window: windowOf(at, query) };
  }
  const goesOn = (rate: number) => outcome({ rate, failing: 0 }) === "success";
  const ofAll = value({ rate: 1, failing: 0 }) === value({ rate: 1, failing: 1 });
  return ofAll && !goesOn(0) && goesOn(mostRequests) ? { leastRequestRate: least(goesOn, mostRequests) } : undefined;
}

const mostRequests = 1e7;

/** The least number up to a greatest one, rounded up, from which on something holds. */
function least(holds: (value: number) => boolean, most: number): number {
  return Number(leastBetween(0, most, 80, holds).toPrecision(9));
}

function windowOf(at: Field, query: Expression): number {
  const [range = "", ...others] = new Set(rangesOf(query));
  const seconds = others.length > 0 ? undefined : parseRange(range);
  if (seconds === undefined || seconds <= 0 || seconds > longest)
    throw new NotReadable(at, `looks back over ${[range, ...others].join(" and ")}; known here: one range, such as 2m`);
  return seconds;
}

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  // What stands in for an answer that is missing.
  Or: (a) => a,
};

/** What a query answers; nothing where it asks for more than rates of requests. */
function answer(expression: Expression, requests: Requests): number | undefined {
  const { kind, text, parts } = expression;
  const [first] = parts;
  switch (kind) {
    case "NumberDurationLiteral":
      return Number(text);
    case "ParenExpr":
      return first && answer(first, requests);
    case "BinaryExpr":
      return combined(expression, requests);
    case "AggregateExpr":
      return first?.text === "sum" ? only(argumentsOf(expression), requests) : undefined;
    case "FunctionCall":
      return called(expression, requests);
    default:
      return undefined;
  }
}

const only = ([first, ...others]: readonly Expression[], requests: Requests) =>
  first && others.length === 0 ? answer(first, requests) : undefined;

function combined({ parts }: Expression, requests: Requests): number | undefined {
  const [left, operator, right, ...others] = parts.filter(({ kind }) => kind !== "MatchingModifierClause");
  if (!left || !operator || !right || others.length > 0) return undefined;
  const [a, b] = [answer(left, requests), answer(right, requests)];
  return a === undefined || b === undefined ? undefined : arithmetic[operator.kind]?.(a, b);
}

function called(expression: Expression, requests: Requests): number | undefined {
  const name = expression.parts[0]?.text ?? "";
  const [first, second] = argumentsOf(expression);
  if (!first) return undefined;
  if (name === "rate" || name === "increase") {
    const [selector] = first.kind === "MatrixSelector" ? selectorsOf(first) : [];
    return (
      selector &&
      shareOf(selector, requests.failing) *
        requests.rate *
        (name === "rate" ? 1 : (parseRange(rangesOf(first)[0] ?? "") ?? NaN))
    );
  }
  if (name === "vector" || name === "scalar") return answer(first, requests);
  const [value, bound] = [answer(first, requests), second && answer(second, requests)];
  if (value === undefined || bound === undefined) return undefined;
  if (name === "clamp_min") return Math.max(value, bound);
  return name === "clamp_max" ? Math.min(value, bound) : undefined;
}

/**
 * Values of a label that tell how a request was answered: those of one that went well, and those of one that failed.
 */
const answers: readonly (readonly [good: readonly string[], bad: readonly string[]])[] = [
  [
    ["200", "204"],
    ["500", "502", "503"],
  ],
  [["2xx"], ["5xx"]],
  [["OK"], ["Internal", "Unavailable"]],
  [["success"], ["failure"]],
];

/** The share of all requests that a selector counts, by its labels or by the name of its metric. */
function shareOf({ metric = "", matchers }: Selector, failing: number): number {
  for (const [good, bad] of answers) {
    const telling = matchers.filter(
      (matcher) => good.every((value) => accepts(matcher, value)) !== bad.every((value) => accepts(matcher, value)),
    );
    const [matcher] = telling;
    if (!matcher || !/code|status|class|result|outcome|success|error/i.test(matcher.label)) continue;
    if (!good.some((value) => accepts(matcher, value))) return failing;
    if (!bad.some((value) => accepts(matcher, value))) return 1 - failing;
  }
  if (/fail|error/i.test(metric)) return failing;
  return /success/i.test(metric) ? 1 - failing : 1;
}
