import { analysisOf, builtInOf, checkPasses, skipsAnalysis } from "../../kinds/canary";
import type { Result } from "../../languages/condition";
import { NotReadable, type Field } from "../../objects/field";
import {
  conditionsOf,
  decidesItself,
  outcome,
  parseConditions,
  providerOf,
  readable,
} from "../../metrics/analysisMetric";
import { isFlagger } from "../../kinds/release";
import { isPartlyKnown, parsed } from "../../languages/emptyAnswer";
import { memoized } from "../../objects/memoize";
import { attempt, violation, type Finding, type Rule } from "../../gate/rule";
import { answersAScalar, isNeverNegative } from "../../languages/queryRange";

export const conditionsDecide: Rule<never> = {
  name: "conditions-decide",
  severity: "error",
  wrong: "A metric's conditions are met by every value, or by none.",
  why: "The metric then judges nothing, or no version ever passes: a query's vector that is compared as a number is an error at each measurement.",
  mend: 'Compare the first value with a bound that it may be on either side of: "len(result) > 0 && result[0] < 0.05".',
  source:
    "argo-rollouts, utils/evaluate/evaluate.go, metricproviders/prometheus/prometheus.go (a vector is handed on as a list); Flagger, pkg/controller/scheduler_metrics.go.",
  kinds: ["argoproj.io/AnalysisTemplate", "argoproj.io/ClusterAnalysisTemplate", "flagger.app/Canary"],
  limits: {},
  *judge(object) {
    if (!isFlagger(object)) {
      for (const metric of object.at("spec", "metrics").list()) yield* attempt(() => judgeMetric(metric));
    } else if (!skipsAnalysis(object)) {
      for (const metric of analysisOf(object).at("metrics").list()) yield* attempt(() => judgeCheck(metric));
    }
  },
};

interface Answer {
  readonly isScalar: boolean;
  readonly isNeverNegative: boolean;
}

const samples = [0, 1e-9, 0.001, 0.01, 0.05, 0.1, 0.5, 0.9, 0.95, 0.99, 1, 2, 5, 10, 50, 95, 99, 100, 1000, 1e6, 1e12];

/** Values of every size, and those at and around the numbers that they are compared with. */
function valuesAround(numbers: readonly number[], least: number, most = Infinity): readonly number[] {
  const around = numbers.flatMap((number) => [number, number + 1e-6, number - 1e-6, number * 1.001, number * 0.999]);
  const all = [...samples, ...around].flatMap((number) => [number, -number]);
  return all.filter((number) => number >= least && number <= most);
}

function* judgeMetric(metric: Field): Iterable<Finding> {
  const { success, failure } = conditionsOf(metric);
  if (decidesItself(metric) || ![success, failure].some((condition) => condition?.readsResult)) return;
  const { isScalar, isNeverNegative } = answerOf(metric);
  const text = (condition: string) => metric.at(condition).text() ?? "";
  const { measured, any } = outcomesOf(text("successCondition"), text("failureCondition"), isScalar, isNeverNegative);
  const name = metric.at("name").text() ?? "";
  if (measured.size === 1 && measured.has("success"))
    yield violation(
      metric,
      `every value that the metric ${name} can have is a success; accepted: a condition that some values do not meet`,
    );
  if (any.has("success")) return;
  const isError = any.size === 1 && any.has("error");
  const why = isError
    ? `is an error: its query answers ${isScalar ? "a number, which is result itself" : "a list, the first value of which is result[0]"}`
    : "fails, or is inconclusive";
  yield violation(
    metric,
    `every value that the metric ${name} can have ${why}; accepted: a condition that some values meet`,
  );
}

/**
 * How measurements end for a metric with these conditions: of every value that it may have; and where none of them
 * succeeds, of whatever a query may answer.
 */
const outcomesOf = memoized((success: string, failure: string, isScalar: boolean, isNeverNegative: boolean) => {
  const [conditions, texts] = [parseConditions(success, failure), [success, failure]];
  const numbers = texts.flatMap((text) => text.match(/\d+(\.\d+)?([eE][-+]?\d+)?/g) ?? []).map(Number);
  const sampleArguments = texts.some((text) => text.includes("{{")) ? [...samples, ...numbers] : [0];
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

/** Whether a metric's answer is a number or a list, and whether it can be below 0. */
function answerOf(metric: Field): Answer {
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
  const answer = readable(query, () => answerOfQuery(query.text() ?? ""));
  if (!answer) throw new NotReadable(query, "has an argument as a part of it");
  return answer;
}

/** Nothing where an argument stands for a part of the query. */
const answerOfQuery = memoized((query: string): Answer | undefined => {
  const expression = parsed(query);
  return isPartlyKnown(expression)
    ? undefined
    : { isScalar: answersAScalar(expression), isNeverNegative: isNeverNegative(expression) };
});

function* judgeCheck(metric: Field): Iterable<Finding> {
  const range = metric.at("thresholdRange");
  if (range.exists && !range.at("min").exists && !range.at("max").exists) return;
  const { least, most } = builtInOf(metric) ?? { least: -Infinity, most: Infinity };
  const numbers = [range.at("min"), range.at("max"), metric.at("threshold")].map((field) => field.number() ?? 0);
  const passes = new Set(valuesAround(numbers, least, most).map((value) => checkPasses(metric, value)));
  if (passes.size > 1) return;
  const name = metric.at("name").text() ?? "";
  if (!passes.has(true))
    yield violation(
      metric,
      `no value that the metric ${name} can have passes; accepted: a thresholdRange that some values are in`,
    );
  else if (range.exists)
    yield violation(
      range,
      `every value that the metric ${name} can have passes; accepted: a thresholdRange that some values are not in`,
    );
}
