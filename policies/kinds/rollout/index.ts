import { Field, NotReadable, type Fault } from "../../objects/field";
import { nameOf } from "../../objects/input";
import type { ObjectSet } from "../../objects/objectSet";
import type { ReleaseAnalysis, Plan, ReleaseKind } from "../release";
import { analysesOf, argumentsOf, countingMetrics, hasValue, judgingStep, templatesOf } from "./analyses";
import { failureDetectionOf } from "./failureDetection";
import { metricOf } from "./metric";
import { sentQuery } from "./query";
import { ingressesOf, nginxOf, ownedBy, routesOf, servicesOf, subsetsOf } from "./routing";
import { canaryOf, holdsOf, weights } from "./steps";

const inTemplates = <Value>(value: Value) => ({
  "argoproj.io/AnalysisTemplate": value,
  "argoproj.io/ClusterAnalysisTemplate": value,
});

/** A Rollout of Argo Rollouts. */
export const rollout: ReleaseKind = {
  kind: "argoproj.io/Rollout",
  controller: "Argo Rollouts",
  workloadReference: "workloadRef",
  runsPods: true,
  stableLabels: undefined,
  planOf,
  holdsOf,
  analysesOf: (rollout) => (canaryOf(rollout).exists ? analysesOf(canaryOf(rollout)) : []),
  readAnalysis,
  faultsOfAnalyses,
  failureDetectionOf,
  metricsIn: inTemplates(function* (template: Field) {
    for (const metric of template.at("spec", "metrics").list()) yield metricOf(metric);
  }),
  queriesIn: inTemplates(function* (template: Field) {
    for (const metric of template.at("spec", "metrics").list()) yield metric.at("provider", "prometheus", "query");
  }),
  routing: { routesOf, ingressesOf, servicesOf, subsetsOf },
  ingressNginxOf: (rollout) =>
    ingressesOf(rollout).length > 0
      ? { at: nginxOf(rollout), reason: "makes an Ingress with annotations of ingress-nginx" }
      : undefined,
  ownedBy,
  whyNobodyIsTold,
};

function planOf(rollout: Field): Plan | undefined {
  const canary = canaryOf(rollout);
  if (!canary.exists) return undefined;
  return { at: canary.at("steps"), endsAtRepeatedWeight: false, weights: () => weights(canary) };
}

function readAnalysis(analysis: Field, objects: ObjectSet): ReleaseAnalysis {
  const { templates, unseen } = templatesOf(analysis, objects);
  return {
    unseen,
    *missingArguments() {
      for (const [name, argument] of argumentsOf(analysis, templates)) {
        if (hasValue(argument)) continue;
        yield {
          at: analysis.at("args"),
          reason: `the argument ${name} of ${nameOf(argument.input.object)} has no value; accepted: {name: ${name}, value: ...}`,
        };
      }
    },
    metrics: () => {
      const canary = canaryOf(new Field(analysis.input));
      let args: ReadonlyMap<string, Field> | undefined;
      return countingMetrics(analysis, templates).map((metric) => ({
        ...metricOf(metric),
        query: () => sentQuery(metric, canary, (args ??= argumentsOf(analysis, templates)), unseen.length === 0),
      }));
    },
    faultWithoutMetrics: () => ({
      at: analysis,
      reason: "the analysis has no metric that counts; accepted: templates with a metric that is not in dryRun",
    }),
  };
}

function* faultsOfAnalyses(rollout: Field): Iterable<Fault> {
  const canary = canaryOf(rollout);
  if (!canary.exists) return;
  const [analysis] = analysesOf(canary);
  if (!analysis) {
    const other = judgingStep(canary);
    if (other) throw new NotReadable(other, "may judge the canary, and is not read here");
    yield {
      at: canary.at("analysis"),
      reason: "no analysis judges the canary; accepted: strategy.canary.analysis, or a step with an analysis",
    };
  }
  const start = canary.at("analysis", "startingStep");
  const steps = canary.at("steps").list().length;
  if (steps > 0 && (start.number() ?? 0) >= steps)
    yield {
      at: start,
      reason: `the analysis begins at step ${start.number()} of ${steps}, which is never reached; accepted: 0 to ${steps - 1}`,
    };
}

/** What annotations begin with that subscribe to a trigger. */
export const subscriptions = "notifications.argoproj.io/subscribe.";
/** Triggers that say nothing of a release that fails. */
const triggersOfSuccess = [
  "on-rollout-completed",
  "on-rollout-step-completed",
  "on-rollout-updated",
  "on-rollout-paused",
  "on-scaling-replica-set",
  "on-analysis-run-running",
];

function whyNobodyIsTold(rollout: Field): Fault | undefined {
  if (!planOf(rollout)) return undefined;
  const annotations = rollout.at("metadata", "annotations");
  const triggers = annotations
    .keys()
    .filter((key) => key.startsWith(subscriptions))
    .map((key) => key.slice(subscriptions.length).split(".")[0] ?? "");
  const isTold =
    annotations.at("notifications.argoproj.io/subscriptions").exists ||
    triggers.some((trigger) => !triggersOfSuccess.includes(trigger));
  if (isTold) return undefined;
  return {
    at: annotations,
    reason: `no subscription tells of an abort; accepted: ${subscriptions}on-rollout-aborted.<service>`,
  };
}
