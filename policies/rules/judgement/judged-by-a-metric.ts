import { analysisOf, skipsAnalysis } from "../../kinds/canary";
import { analysesOf, collectTemplates, countingMetrics, judgingStep } from "../../metrics/analyses";
import { NotReadable, type Field } from "../../objects/field";
import { metricTemplateOf } from "../../metrics/flaggerQuery";
import { whyItCannotFail } from "../../metrics/analysisMetric";
import { nameOf, type Objects } from "../../objects/objects";
import { isFlagger, releaseKinds } from "../../kinds/release";
import { canaryOf } from "../../kinds/rollout";
import { attempt, violation, type Finding, type Rule } from "../../gate/rule";

export const judgedByAMetric: Rule<never> = {
  name: "judged-by-a-metric",
  severity: "error",
  wrong: "No metric that can fail judges the canary.",
  why: "Without one the plan is a timer: a bad version reaches everybody as fast as a good one.",
  mend: "Give the Rollout an analysis, in the background or as a step, with an AnalysisTemplate whose arguments are all supplied and whose metrics have a successCondition; give the Canary metrics with a thresholdRange.",
  source:
    "argo-rollouts, utils/evaluate/evaluate.go (a metric without a condition is successful), analysis/analysis.go (limits are exceeded by the next measurement), utils/analysis/helpers.go (arguments); Flagger, pkg/controller/scheduler_metrics.go (no metrics pass).",
  kinds: releaseKinds,
  limits: {},
  *judge(release, objects) {
    if (isFlagger(release)) return yield* judgeCanary(release, objects);
    const canary = canaryOf(release);
    if (!canary.exists) return;
    let isJudged = false;
    for (const analysis of analysesOf(canary)) {
      isJudged = true;
      yield* attempt(() => judgeAnalysis(analysis, objects));
    }
    const other = isJudged ? undefined : judgingStep(canary);
    if (other) throw new NotReadable(other, "may judge the canary, and is not read here");
    if (!isJudged)
      yield violation(
        canary.at("analysis"),
        "no analysis judges the canary; accepted: strategy.canary.analysis, or a step with an analysis",
      );
    const start = canary.at("analysis", "startingStep");
    const steps = canary.at("steps").list().length;
    if (steps > 0 && (start.number() ?? 0) >= steps) {
      yield violation(
        start,
        `the analysis begins at step ${start.number()} of ${steps}, which is never reached; accepted: 0 to ${steps - 1}`,
      );
    }
  },
};

function* judgeAnalysis(analysis: Field, objects: Objects): Iterable<Finding> {
  const templates: Field[] = [];
  const findings = [...collectTemplates(analysis.at("templates"), objects, templates)];
  yield* findings;
  if (findings.length === 0) yield* attempt(() => missingArguments(analysis, templates));
  const metrics = countingMetrics(analysis, templates);
  for (const metric of metrics) {
    yield* attempt(function* () {
      const reason = whyItCannotFail(metric);
      if (reason !== undefined) yield violation(metric, reason);
    });
  }
  if (metrics.length === 0 && findings.length === 0)
    yield violation(
      analysis,
      "the analysis has no metric that counts; accepted: templates with a metric that is not in dryRun",
    );
}

function* missingArguments(analysis: Field, templates: readonly Field[]): Iterable<Finding> {
  const hasValue = (argument: Field) => argument.at("value").exists || argument.at("valueFrom").exists;
  const declared = templates.flatMap((template) => template.at("spec", "args").list());
  const withValue = [...analysis.at("args").list(), ...declared]
    .filter(hasValue)
    .map((argument) => argument.at("name").text());
  for (const argument of declared) {
    const name = argument.at("name").text() ?? "";
    if (withValue.includes(name)) continue;
    yield violation(
      analysis.at("args"),
      `the argument ${name} of ${nameOf(argument.input.object)} has no value; accepted: {name: ${name}, value: ...}`,
    );
  }
}

function* judgeCanary(canary: Field, objects: Objects): Iterable<Finding> {
  const analysis = analysisOf(canary);
  if (skipsAnalysis(canary))
    return yield violation(
      analysis,
      "Flagger promotes each version at once; accepted: an analysis with metrics, and no skipAnalysis",
    );
  const metrics = analysis.at("metrics").list();
  for (const metric of metrics) yield* attempt(() => judgeCheck(metric, objects));
  if (metrics.length > 0) return;
  const hook = analysis
    .at("webhooks")
    .list()
    .find((webhook) => ["", "rollout"].includes(webhook.at("type").text() ?? ""));
  if (hook)
    throw new NotReadable(hook, "is what judges the canary instead of metrics, and its answer is not known here");
  yield violation(
    analysis.at("metrics"),
    "no metric judges the canary, so that each check passes; accepted: a metric with a thresholdRange",
  );
}

function* judgeCheck(metric: Field, objects: Objects): Iterable<Finding> {
  const [name, range] = [metric.at("name").text() ?? "", metric.at("thresholdRange")];
  const hasRange = range.keys().some((key) => ["min", "max"].includes(key));
  const isUnbounded = name === "request-success-rate" && !range.exists && (metric.at("threshold").number() ?? 0) <= 0;
  if ((range.exists && !hasRange) || isUnbounded)
    yield violation(
      range,
      `the metric ${name} has no bound, so that each check passes; accepted: a thresholdRange with a min or a max`,
    );
  metricTemplateOf(metric, objects);
}
