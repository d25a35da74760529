import { passesWithoutDataAnnotation } from "../../../manifests/annotations";
import { analysisOf, checkPasses, skipsAnalysis } from "../../kinds/canary";
import type { Result } from "../../languages/condition";
import { NotReadable, type Field } from "../../objects/field";
import { metricTemplateOf } from "../../metrics/flaggerQuery";
import { conditionsOf, decidesItself, outcome, providerOf, readable } from "../../metrics/analysisMetric";
import type { Objects } from "../../objects/objects";
import { isFlagger } from "../../kinds/release";
import { answerWithoutSeries } from "../../languages/emptyAnswer";
import { attempt, violation, type Finding, type Rule } from "../../gate/rule";

const leastReason = 10;

export const noDataDoesNotPass: Rule<never> = {
  name: "no-data-does-not-pass",
  severity: "error",
  wrong: "A metric counts a measurement without data as a success.",
  why: "A canary that nobody asks for anything, a label with a typing error or a Prometheus that scrapes nothing then promotes any version.",
  mend:
    'Judge by a successCondition that no data does not meet: "len(result) > 0 && !isNaN(result[0]) && result[0] < 0.05"; a failureCondition alone passes on NaN, and so does a query with a default. ' +
    `Where no data may pass, write the reason into the template's annotation ${passesWithoutDataAnnotation}.`,
  source:
    "argo-rollouts, utils/evaluate/evaluate.go, metricproviders/prometheus and datadog: what is handed to a condition, and what its outcome means; every comparison with NaN is false. Flagger, pkg/metrics/providers/prometheus.go: no value and NaN fail a check.",
  kinds: ["argoproj.io/AnalysisTemplate", "argoproj.io/ClusterAnalysisTemplate", "flagger.app/Canary"],
  limits: {},
  *judge(object, objects) {
    if (isFlagger(object)) return yield* judgeCanary(object, objects);
    if (hasReason(object)) return;
    for (const metric of object.at("spec", "metrics").list()) yield* attempt(() => judgeMetric(metric));
  },
};

const hasReason = (template: Field) =>
  (template.at("metadata", "annotations", passesWithoutDataAnnotation).text() ?? "").trim().length >= leastReason;

/** Only a query's own default is a value that Flagger would compare. */
function* judgeCanary(canary: Field, objects: Objects): Iterable<Finding> {
  if (skipsAnalysis(canary)) return;
  for (const metric of analysisOf(canary).at("metrics").list()) {
    yield* attempt(function* () {
      const template = metricTemplateOf(metric, objects);
      if (template && hasReason(template)) return;
      const query = template?.at("spec", "query") ?? metric.at("query");
      if (!query.exists) return;
      const type = template?.at("spec", "provider", "type");
      if (type && type.text() !== "prometheus")
        throw new NotReadable(
          type,
          "is a provider of which it is not known here what it answers without data; known: prometheus",
        );
      const answer = readable(query, () => answerWithoutSeries(query.text() ?? ""));
      if (answer === "nothing" || Number.isNaN(answer) || !checkPasses(metric, answer)) return;
      yield violation(
        metric,
        `the metric ${metric.at("name").text() ?? ""} counts the ${answer} that its query answers where there are no series as a success`,
      );
    });
  }
}

function* judgeMetric(metric: Field): Iterable<Finding> {
  if (decidesItself(metric)) return;
  const conditions = conditionsOf(metric);
  const hasArgument = ["successCondition", "failureCondition"].some((name) => metric.at(name).text()?.includes("{{"));
  for (const { answer, words } of answersWithoutData(metric)) {
    const outcomes = new Set(
      (hasArgument ? sampleArguments : [0]).map((argument) => outcome(conditions, answer, argument)),
    );
    if (!outcomes.has("success")) continue;
    if (outcomes.size > 1)
      throw new NotReadable(metric, `passes or fails on ${words}, depending on an argument of the template`);
    yield violation(metric, `the metric ${metric.at("name").text() ?? ""} counts ${words} as a success`);
    return;
  }
}

/**
 * Values that an argument in a condition may have: where the outcome is the same for all of them, it does not depend on
 * it.
 */
const sampleArguments = [0, 0.01, 0.95, 1, 100, 1_000_000, -1];

interface Answer {
  readonly answer: Result;
  readonly words: string;
}

/** What a condition is handed when there is nothing to judge by. */
function* answersWithoutData(metric: Field): Iterable<Answer> {
  const provider = providerOf(metric);
  if (provider === "datadog") yield { answer: null, words: "an empty answer (nil)" };
  else if (provider === "prometheus") {
    yield { answer: [NaN], words: "NaN, the share of no requests," };
    yield { answer: NaN, words: "NaN as a scalar" };
    const query = metric.at("provider", "prometheus", "query");
    const answer = readable(query, () => answerWithoutSeries(query.text() ?? ""));
    if (answer === "nothing") yield { answer: [], words: "an empty vector" };
    else yield { answer: [answer], words: `the ${answer} that its query answers where there are no series` };
  } else
    throw new NotReadable(
      metric.at("provider"),
      `is ${provider || "missing"}, and what that answers without data is not known here; known: prometheus, datadog`,
    );
}
