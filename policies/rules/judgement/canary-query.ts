import { analysesOf, collectTemplates, countingMetrics } from "../../metrics/analyses";
import { analysisOf, skipsAnalysis } from "../../kinds/canary";
import { NotReadable, type Field } from "../../objects/field";
import { metricTemplateOf, rendered } from "../../metrics/flaggerQuery";
import { whatIsNotIsolated, type VersionOf } from "../../metrics/isolation";
import type { Objects } from "../../objects/objects";
import { isFlagger, releaseKinds } from "../../kinds/release";
import { judgeText, parse } from "../../metrics/queryText";
import { versionUnderFlagger, versionUnderRollout, valuesOf, withValues } from "../../metrics/versionOfSeries";
import { canaryOf } from "../../kinds/rollout";
import { attempt, violation, type Finding, type Rule } from "../../gate/rule";

const templates = ["argoproj.io/AnalysisTemplate", "argoproj.io/ClusterAnalysisTemplate", "flagger.app/MetricTemplate"];

export const canaryQuery: Rule<never> = {
  name: "canary-query",
  severity: "error",
  wrong: "A query is not PromQL, answers a range, or does not ask for the canary's requests alone.",
  why: "At a weight of 5 % a canary that fails every request is 5 % of all errors: below most thresholds, and so it passes.",
  mend: 'Select by a label that differs for the canary: its pod-template-hash from an argument with valueFrom.podTemplateHashValue: Latest, or its Service; with Flagger app="{{ target }}" or service="{{ service }}-canary".',
  source:
    "Prometheus' grammar; argo-rollouts, utils/analysis/helpers.go (podTemplateHashValue, MergeArgs); Flagger, pkg/controller/scheduler_metrics.go (toMetricModel), pkg/canary/deployment_controller.go (-primary).",
  kinds: [...releaseKinds, ...templates],
  limits: {},
  *judge(object, objects) {
    if (isFlagger(object)) yield* judgeCanary(object, objects);
    else if (canaryOf(object).exists) yield* judgeRollout(canaryOf(object), objects);
    else for (const query of queriesOf(object)) yield* attempt(() => judgeText(query));
  },
};

function* queriesOf(template: Field): Iterable<Field> {
  const spec = template.at("spec");
  for (const metric of spec.at("metrics").list()) yield metric.at("provider", "prometheus", "query");
  if (spec.at("provider", "type").exists && spec.at("provider", "type").text() === "prometheus") yield spec.at("query");
}

function* judgeRollout(canary: Field, objects: Objects): Iterable<Finding> {
  for (const analysis of analysesOf(canary)) {
    yield* attempt(function* () {
      const found: Field[] = [];
      const unseen = [...collectTemplates(analysis.at("templates"), objects, found)];
      yield* unseen;
      const values = valuesOf(analysis, found);
      for (const metric of countingMetrics(analysis, found)) {
        const query = metric.at("provider", "prometheus", "query");
        const missing: string[] = [];
        if (query.exists)
          yield* attempt(() =>
            judgeIsolation(
              query,
              withValues(query.text() ?? "", values, (name) => unseen.length === 0 && missing.push(name)),
              versionUnderRollout(canary),
            ),
          );
        for (const name of new Set(missing))
          yield violation(
            query,
            `{{args.${name}}} is no argument of its template; accepted: ${[...values.keys()].join(", ") || `one that is named ${name} under spec.args`}`,
          );
      }
    });
  }
}

function* judgeCanary(canary: Field, objects: Objects): Iterable<Finding> {
  if (skipsAnalysis(canary)) return;
  for (const metric of analysisOf(canary).at("metrics").list()) {
    yield* attempt(function* () {
      const template = metricTemplateOf(metric, objects);
      const query = template?.at("spec", "query") ?? metric.at("query");
      if (!query.exists || (template && template.at("spec", "provider", "type").text() !== "prometheus")) return;
      if (!template) yield* judgeText(query);
      yield* judgeIsolation(query, rendered(query.text() ?? "", canary), versionUnderFlagger(canary));
    });
  }
}

function* judgeIsolation(field: Field, query: string, read: VersionOf): Iterable<Finding> {
  const expression = parse(field, query);
  const found = typeof expression === "string" ? undefined : whatIsNotIsolated(expression, read);
  if (found?.known)
    yield violation(
      field,
      `the query does not judge the canary: ${found.reason}; accepted: a label that differs for the canary in every selector`,
    );
  else if (found) throw new NotReadable(field, found.reason);
}
