import { answerWithoutSeries } from "../../languages/answerWithoutSeries";
import type { Result } from "../../languages/condition";
import { NotParsed, understood } from "../../languages/notParsed";
import { answersAScalar, isNeverNegative } from "../../languages/possibleAnswers";
import { isPartlyKnown, parsedTemplate } from "../../languages/queryTemplate";
import type { JudgingMetric } from "../../metrics/metric";
import { samples, valuesAround } from "../../metrics/sampleValues";
import { Field, NotReadable, type Fault } from "../../objects/field";
import { memoized } from "../../objects/memoized";
import { conditionsOf, outcome, parseConditions, type Conditions } from "./conditions";
import { countOf, decidesItself, providerOf } from "./measurements";

/** A metric of an AnalysisTemplate. */
export function metricOf(field: Field): JudgingMetric {
  return {
    field,
    template: () => new Field(field.input),
    whyItCannotFail: () => faultOf(field, whyItCannotFail(field)),
    whyItDecidesNothing: () => faultOf(field, whyItDecidesNothing(field)),
    whyItPassesWithoutData: () => faultOf(field, whyItPassesWithoutData(field)),
  };
}

const faultOf = (at: Field, reason: string | undefined): Fault | undefined =>
  reason === undefined ? undefined : { at, reason };

const nameOf = (metric: Field) => metric.at("name").text() ?? "";

function whyItCannotFail(metric: Field): string | undefined {
  if (decidesItself(metric)) return undefined;
  if (providerOf(metric) === "plugin")
    throw new NotReadable(metric.at("provider"), "is a plugin, which may have a verdict of its own");
  const name = nameOf(metric);
  const conditions = conditionsOf(metric);
  if (!conditions.success && !conditions.failure)
    return `the metric ${name} has no condition, so every measurement is a success; accepted: a successCondition`;
  if (isConstant(conditions.success, true) && isConstant(conditions.failure, false))
    return `the conditions of the metric ${name} do not look at the result, so every measurement is a success`;
  return whyItExceedsNoLimit(metric, name, conditions);
}

/** A condition that is left out is as good as a constant one. */
function isConstant(condition: Conditions["success"], value: boolean): boolean {
  return condition === undefined || (!condition.readsResult && condition.holds([]) === value);
}

/** A limit is how many measurements may end so: it takes one more than the limit to end the analysis. */
function whyItExceedsNoLimit(metric: Field, name: string, { success, failure }: Conditions): string | undefined {
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

function whyItDecidesNothing(metric: Field): string | undefined {
  const { success, failure } = conditionsOf(metric);
  if (decidesItself(metric) || ![success, failure].some((condition) => condition?.readsResult)) return undefined;
  const { isScalar, isNeverNegative } = answersOf(metric);
  const text = (condition: string) => metric.at(condition).text() ?? "";
  const { measured, any } = understood(metric, () =>
    outcomesOf(text("successCondition"), text("failureCondition"), isScalar, isNeverNegative),
  );
  const every = `every value that the metric ${nameOf(metric)} can have`;
  if (measured.size === 1 && measured.has("success"))
    return `${every} is a success; accepted: a condition that some values do not meet`;
  if (any.has("success")) return undefined;
  const isError = any.size === 1 && any.has("error");
  const why = isError
    ? `is an error: its query answers ${isScalar ? "a number, which is result itself" : "a list, the first value of which is result[0]"}`
    : "fails, or is inconclusive";
  return `${every} ${why}; accepted: a condition that some values meet`;
}

/**
 * How measurements end for a metric with these conditions: of every value that it may have; and where none of them
 * succeeds, of whatever a query may answer.
 */
const outcomesOf = memoized((success: string, failure: string, isScalar: boolean, isNeverNegative: boolean) => {
  const [conditions, texts] = [parseConditions(success, failure), [success, failure]];
  const numbers = texts.flatMap((text) => text.match(/\d+(\.\d+)?([eE][-+]?\d+)?/g) ?? []).map(Number);
  const hasArgument = texts.some((text) => text.includes("{{"));
  if (hasArgument && numbers.length > mostNumbers)
    throw new NotParsed(`its conditions compare an argument and more than ${mostNumbers} numbers`);
  const sampleArguments = hasArgument ? [...samples, ...numbers] : [0];
  const ends = (results: (value: number) => readonly Result[]) => {
    const cases = sampleArguments.flatMap((argument) =>
      valuesAround([...numbers, argument], isNeverNegative ? 0 : -Infinity)
        .flatMap(results)
        .map((result) => [result, argument] as const),
    );
    return new Set(cases.map(([result, argument]) => outcome(conditions, result, argument)));
  };
  const measured = ends((value) => [isScalar ? value : [value]]);
  const any = measured.has("success")
    ? measured
    : ends((value) => (isScalar ? [value, NaN] : [[value], [value, value], [value, value, value], [NaN], []]));
  return { measured, any };
});

/** With more numbers the time to try all of them against each other would grow with their square. */
const mostNumbers = 20;

/** What a metric's query may answer. */
interface PossibleAnswers {
  /** Whether it is a number rather than a list. */
  readonly isScalar: boolean;
  readonly isNeverNegative: boolean;
}

function answersOf(metric: Field): PossibleAnswers {
  const provider = metric.at("provider");
  if (provider.at("datadog").exists) return { isScalar: true, isNeverNegative: false };
  if (!provider.at("prometheus").exists)
    throw new NotReadable(
      provider,
      `is ${providerOf(metric) || "missing"}, and what that answers is not known here; known: prometheus, datadog`,
    );
  if (provider.at("prometheus", "rangeQuery").exists)
    throw new NotReadable(
      provider.at("prometheus", "rangeQuery"),
      "asks for a range, and what that answers is not known here",
    );
  const query = provider.at("prometheus", "query");
  const answers = understood(query, () => answersOfQuery(query.text() ?? ""));
  if (!answers) throw new NotReadable(query, "has an argument as a part of it");
  return answers;
}

/** Nothing where an argument stands for a part of the query. */
const answersOfQuery = memoized((query: string): PossibleAnswers | undefined => {
  const expression = parsedTemplate(query);
  return isPartlyKnown(expression)
    ? undefined
    : { isScalar: answersAScalar(expression), isNeverNegative: isNeverNegative(expression) };
});

function whyItPassesWithoutData(metric: Field): string | undefined {
  if (decidesItself(metric)) return undefined;
  const conditions = conditionsOf(metric);
  const hasArgument = ["successCondition", "failureCondition"].some((name) => metric.at(name).text()?.includes("{{"));
  for (const { answer, words } of answersWithoutData(metric)) {
    const outcomes = new Set(
      (hasArgument ? argumentsOfEverySize : [0]).map((argument) => outcome(conditions, answer, argument)),
    );
    if (!outcomes.has("success")) continue;
    if (outcomes.size > 1)
      throw new NotReadable(metric, `passes or fails on ${words}, depending on an argument of the template`);
    return `the metric ${nameOf(metric)} counts ${words} as a success`;
  }
  return undefined;
}

/** Where the outcome is the same for all of these, it does not depend on the argument. */
const argumentsOfEverySize = [0, 0.01, 0.95, 1, 100, 1_000_000, -1];

/** What a condition is handed when there is nothing to judge by. */
function* answersWithoutData(metric: Field): Iterable<{ readonly answer: Result; readonly words: string }> {
  const provider = providerOf(metric);
  if (provider === "datadog") yield { answer: null, words: "an empty answer (nil)" };
  else if (provider === "prometheus") {
    yield { answer: [NaN], words: "NaN, the share of no requests," };
    yield { answer: NaN, words: "NaN as a scalar" };
    const query = metric.at("provider", "prometheus", "query");
    const answer = understood(query, () => answerWithoutSeries(query.text() ?? ""));
    if (answer === "nothing") yield { answer: [], words: "an empty vector" };
    else yield { answer: [answer], words: `the ${answer} that its query answers where there are no series` };
  } else
    throw new NotReadable(
      metric.at("provider"),
      `is ${provider || "missing"}, and what that answers without data is not known here; known: prometheus, datadog`,
    );
}
