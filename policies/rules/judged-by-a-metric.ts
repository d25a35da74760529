import { NotReadable, type Field } from "../field";
import { conditionsOf, providerOf, type Conditions } from "../metric";
import { nameOf, type Objects } from "../objects";
import { canaryOf } from "../rollout";
import { attempt, violation, type Finding, type Rule } from "../rule";

export const judgedByAMetric: Rule<never> = {
  name: "judged-by-a-metric",
  severity: "error",
  wrong: "No metric that can fail judges the canary.",
  why: "Without one the plan is a timer: a bad version reaches everybody as fast as a good one.",
  mend: "Give the Rollout an analysis, in the background or as a step, with an AnalysisTemplate whose arguments are all supplied and whose metrics have a successCondition.",
  source: "argo-rollouts, utils/evaluate/evaluate.go (a metric without a condition is successful), analysis/analysis.go (limits are exceeded by the next measurement), utils/analysis/helpers.go (arguments).",
  kinds: ["argoproj.io/Rollout"],
  limits: {},
  *judge(rollout, objects) {
    const canary = canaryOf(rollout);
    if (!canary.exists) return;
    let isJudged = false;
    for (const analysis of analyses(canary)) {
      isJudged = true;
      yield* attempt(() => judgeAnalysis(analysis, objects));
    }
    if (!isJudged) yield violation(canary.at("analysis"), "no analysis judges the canary; accepted: strategy.canary.analysis, or a step with an analysis");
    const start = canary.at("analysis", "startingStep");
    const steps = canary.at("steps").list().length;
    if (steps > 0 && (start.number() ?? 0) >= steps) {
      yield violation(start, `the analysis begins at step ${start.number()} of ${steps}, which is never reached; accepted: 0 to ${steps - 1}`);
    }
  },
};

function* analyses(canary: Field): Iterable<Field> {
  if (canary.at("analysis").exists) yield canary.at("analysis");
  for (const step of canary.at("steps").list()) {
    if (step.at("analysis").exists) yield step.at("analysis");
  }
}

function* judgeAnalysis(analysis: Field, objects: Objects): Iterable<Finding> {
  const templates: Field[] = [];
  const findings = [...collectTemplates(analysis.at("templates"), objects, templates)];
  yield* findings;
  yield* attempt(() => missingArguments(analysis, templates));
  const dryRun = [analysis.at("dryRun"), ...templates.map((template) => template.at("spec", "dryRun"))].flatMap((runs) => runs.list());
  const metrics = templates.flatMap((template) => template.at("spec", "metrics").list()).filter((metric) => !isDryRun(metric, dryRun));
  for (const metric of metrics) yield* attempt(() => judgeMetric(metric));
  if (metrics.length === 0 && findings.length === 0) yield violation(analysis, "the analysis has no metric that counts; accepted: templates with a metric that is not in dryRun");
}

/** Templates that a list of references names, and those that they name in turn. */
function* collectTemplates(references: Field, objects: Objects, found: Field[]): Iterable<Finding> {
  for (const reference of references.list()) {
    yield* attempt(function* () {
      const clusterWide = reference.at("clusterScope").isTrue;
      const kind = clusterWide ? "argoproj.io/ClusterAnalysisTemplate" : "argoproj.io/AnalysisTemplate";
      const template = objects.named(kind, reference.at("templateName"), clusterWide);
      if (found.some(({ input }) => input === template.input)) return;
      found.push(template);
      yield* collectTemplates(template.at("spec", "templates"), objects, found);
    });
  }
}

function* missingArguments(analysis: Field, templates: readonly Field[]): Iterable<Finding> {
  const hasValue = (argument: Field) => argument.at("value").exists || argument.at("valueFrom").exists;
  const declared = templates.flatMap((template) => template.at("spec", "args").list());
  const withValue = [...analysis.at("args").list(), ...declared].filter(hasValue).map((argument) => argument.at("name").text());
  for (const argument of declared) {
    const name = argument.at("name").text() ?? "";
    if (withValue.includes(name)) continue;
    yield violation(analysis.at("args"), `the argument ${name} of ${nameOf(argument.input.object)} has no value; accepted: {name: ${name}, value: ...}`);
  }
}

/** A metric in a dry run is measured, but its outcome counts for nothing. The patterns are regular expressions. */
function isDryRun(metric: Field, dryRun: readonly Field[]): boolean {
  const name = metric.at("name").text() ?? "";
  return dryRun.some((run) => {
    const pattern = run.at("metricName");
    try {
      return new RegExp(pattern.text() ?? "").test(name);
    } catch (error) {
      if (error instanceof SyntaxError) throw new NotReadable(pattern, "is not a regular expression that can be read here");
      throw error;
    }
  });
}

function* judgeMetric(metric: Field): Iterable<Finding> {
  const provider = providerOf(metric);
  if (["job", "kayenta"].includes(provider)) return;
  if (provider === "plugin") throw new NotReadable(metric.at("provider"), "is a plugin, which may have a verdict of its own");
  const name = metric.at("name").text() ?? "";
  const conditions = conditionsOf(metric);
  if (!conditions.success && !conditions.failure) {
    yield violation(metric, `the metric ${name} has no condition, so every measurement is a success; accepted: a successCondition`);
  } else if (isConstant(conditions.success, true) && isConstant(conditions.failure, false)) {
    yield violation(metric, `the conditions of the metric ${name} do not look at the result, so every measurement is a success`);
  } else yield* exceedsNoLimit(metric, name, conditions);
}

/** A condition that is left out is as good as a constant one. */
function isConstant(condition: Conditions["success"], value: boolean): boolean {
  return condition === undefined || (!condition.readsResult && condition.holds([]) === value);
}

/** A limit is how many measurements may end so: it takes one more than the limit to end the analysis. */
function* exceedsNoLimit(metric: Field, name: string, { success, failure }: Conditions): Iterable<Finding> {
  const count = metric.at("count").number() || (metric.at("interval").exists ? Infinity : 1);
  const failureLimit = metric.at("failureLimit").number() ?? 0;
  const inconclusiveLimit = metric.at("inconclusiveLimit").number() ?? 0;
  const fails = !failure || !isConstant(failure, false);
  const ends =
    (fails && failureLimit >= 0 && count > failureLimit) ||
    (success && failure && count > inconclusiveLimit) ||
    ((metric.at("consecutiveSuccessLimit").number() ?? 0) > 0 && count < Infinity);
  if (ends) return;
  const measurements = count === Infinity ? "any number of measurements" : `${count} ${count === 1 ? "measurement" : "measurements"}`;
  const accepted = count === Infinity ? "a failureLimit of 0 or more" : `a failureLimit below ${count}`;
  yield violation(metric, `with ${measurements} and a failureLimit of ${failureLimit}, which the next failure would have to exceed, the metric ${name} cannot fail; accepted: ${accepted}`);
}
