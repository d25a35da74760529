import { Field, NotReadable, type Fault } from "../../objects/field";
import { labelsOf, type LabelMap } from "../../objects/labels";
import type { ObjectSet } from "../../objects/objectSet";
import { replicasOf, type ReleaseAnalysis, type OwnedElsewhere, type ReleaseKind } from "../release";
import { analysisOf, holdsOf, planOf, skipsAnalysis, webhookOf } from "./analysis";
import { checkOf } from "./check";
import { failureDetectionOf } from "./failureDetection";

const kind = "flagger.app/Canary";

/** A Canary of Flagger, which makes its Services and routes itself. */
export const canary: ReleaseKind = {
  kind,
  controller: "Flagger",
  workloadReference: "targetRef",
  runsPods: false,
  stableLabels,
  planOf,
  holdsOf,
  analysesOf: (canary) => (skipsAnalysis(canary) ? [] : [analysisOf(canary)]),
  readAnalysis,
  faultsOfAnalyses,
  failureDetectionOf,
  metricsIn: {
    *[kind](canary, objects) {
      for (const metric of metricsOf(canary)) yield checkOf(metric, canary, objects);
    },
  },
  queriesIn: {
    *[kind](canary) {
      for (const metric of metricsOf(canary)) if (!metric.at("templateRef").exists) yield metric.at("query");
    },
    *"flagger.app/MetricTemplate"(template) {
      if (template.at("spec", "provider", "type").text() === "prometheus") yield template.at("spec", "query");
    },
  },
  routing: undefined,
  ingressNginxOf: (canary) => {
    const provider = canary.at("spec", "provider");
    return provider.text() === "nginx" ? { at: provider, reason: "is ingress-nginx" } : undefined;
  },
  ownedBy,
  whyNobodyIsTold,
};

const metricsOf = (canary: Field) => (skipsAnalysis(canary) ? [] : analysisOf(canary).at("metrics").list());

/** Labels of which Flagger changes the first that selects the pods. */
const changedLabels = ["app", "name", "app.kubernetes.io/name"];

/** Between two releases Flagger's copy of the Deployment answers all requests. */
function stableLabels(deployment: Field, labels: LabelMap): LabelMap {
  const selector = labelsOf(deployment.at("spec", "selector", "matchLabels"));
  const key = changedLabels.find((each) => Object.hasOwn(selector, each));
  return key === undefined ? labels : { ...labels, [key]: `${selector[key] ?? ""}-primary` };
}

function readAnalysis(analysis: Field, objects: ObjectSet): ReleaseAnalysis {
  const canary = new Field(analysis.input);
  return {
    unseen: [],
    missingArguments: () => [],
    metrics: () => metricsOf(canary).map((metric) => checkOf(metric, canary, objects)),
    faultWithoutMetrics: () => {
      const hook = webhookOf(analysis, "", "rollout");
      if (hook)
        throw new NotReadable(hook, "is what judges the canary instead of metrics, and its answer is not known here");
      return {
        at: analysis.at("metrics"),
        reason: "no metric judges the canary, so that each check passes; accepted: a metric with a thresholdRange",
      };
    },
  };
}

function* faultsOfAnalyses(canary: Field): Iterable<Fault> {
  if (skipsAnalysis(canary))
    yield {
      at: analysisOf(canary),
      reason: "Flagger promotes each version at once; accepted: an analysis with metrics, and no skipAnalysis",
    };
}

function* ownedBy(canary: Field): Iterable<OwnedElsewhere> {
  const target = canary.at("spec", "targetRef");
  if (target.at("kind").text() === "Deployment") yield replicasOf(target);
}

function whyNobodyIsTold(canary: Field): Fault | undefined {
  const alerts = analysisOf(canary).at("alerts");
  return skipsAnalysis(canary) || alerts.list().length > 0
    ? undefined
    : { at: alerts, reason: "the Canary has no alerts; accepted: one with a providerRef" };
}
