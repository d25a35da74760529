import { metrics, type Judgement, type Metric } from "../../release/judgement";
import type { Step } from "../../release/plan";
import type { ReleaseSettings } from "../../release/release";
import { applicationTelemetry } from "../../release/telemetry";
import { formatDuration } from "../../release/units";
import { native } from "../meaning";
import type { AnalysisMetric, AnalysisTemplateSpec, RolloutSpec, RolloutStep } from "../types/argoRollouts";
import type { KubernetesObject } from "../types/kubernetes";
import { disruptionBudget, metadata, podTemplate, selectorLabels } from "../workload";
import type { DrivenByArgoRollouts } from "../routers/router";
import { wayOf, type Controller } from "./controller";

const apiVersion = "argoproj.io/v1alpha1";

/** A Rollout whose steps are the plan, judged in the background from the first weight on. */
export const argoRollouts: Controller = {
  can: { holds: native(), promotion: native(), "no data holds": native(), "no data passes": native(), wait: native() },
  way: ({ byArgoRollouts }) => byArgoRollouts,
  describe: (settings, router) => {
    const driven = wayOf(router.byArgoRollouts).drive(settings);
    const judgedBy = metrics(canaryTelemetry, settings.thresholds, settings.judgement);
    return {
      objects: [
        disruptionBudget(settings),
        ...driven.objects,
        { role: "analysis", object: analysisTemplate(settings, judgedBy) },
        { role: "rollout", object: rollout(settings, driven) },
      ],
      owned: driven.owned,
      ...(driven.weight && { weight: driven.weight }),
      metrics: judgedBy,
      notices: driven.notices ?? [],
    };
  },
};

/** The canary's pods carry the hash of their template as a label, which Prometheus' pod discovery turns into one of the metric. */
const canaryTelemetry = applicationTelemetry({
  namespace: "{{args.namespace}}",
  rollouts_pod_template_hash: "{{args.canary-hash}}",
});

function rollout(settings: ReleaseSettings, { traffic }: DrivenByArgoRollouts): KubernetesObject<RolloutSpec> {
  const { application, replicas, progressDeadline, scaleDownDelay } = settings;
  return {
    apiVersion,
    kind: "Rollout",
    // The controller normalises the containers that it reads, and would own them against our next edit.
    metadata: metadata(settings, application, { "pulumi.com/patchForce": "true" }),
    spec: {
      replicas,
      revisionHistoryLimit: 3,
      progressDeadlineSeconds: progressDeadline,
      progressDeadlineAbort: true,
      selector: { matchLabels: selectorLabels(settings) },
      template: podTemplate(settings),
      strategy: {
        canary: {
          ...traffic,
          maxSurge: "25%",
          maxUnavailable: 0,
          // Without a router's weight the pods themselves are the split, and the canary's go at once.
          ...(traffic && { scaleDownDelaySeconds: scaleDownDelay, abortScaleDownDelaySeconds: scaleDownDelay }),
          steps: settings.steps.flatMap(rolloutSteps),
          analysis: {
            // Step 0 sets the first weight: before it, the canary has no requests to be judged by.
            startingStep: 1,
            templates: [{ templateName: application }],
            args: [
              { name: "namespace", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
              { name: "canary-hash", valueFrom: { podTemplateHashValue: "Latest" } },
            ],
          },
        },
      },
    },
  };
}

function rolloutSteps({ weight, hold }: Step): readonly RolloutStep[] {
  if (hold === 0) return [{ setWeight: weight }];
  return [{ setWeight: weight }, { pause: hold === "until promoted" ? {} : { duration: formatDuration(hold) } }];
}

function analysisTemplate(settings: ReleaseSettings, judgedBy: readonly Metric[]): KubernetesObject<AnalysisTemplateSpec> {
  return {
    apiVersion,
    kind: "AnalysisTemplate",
    metadata: metadata(settings, settings.application, reasonToPass(settings.judgement)),
    spec: {
      args: [{ name: "namespace" }, { name: "canary-hash" }],
      metrics: judgedBy.map((metric) => analysisMetric(metric, settings)),
    },
  };
}

/** Why no data passes, where a reviewer of the cluster and the gate find it. */
function reasonToPass({ noData }: Judgement): Readonly<Record<string, string>> | undefined {
  return typeof noData === "object" ? { "canary/passes-without-data": noData.pass } : undefined;
}

function analysisMetric(metric: Metric, { judgement, prometheus }: ReleaseSettings): AnalysisMetric {
  return {
    name: metric.name,
    interval: formatDuration(judgement.interval),
    initialDelay: formatDuration(judgement.initialDelay),
    ...conditions(metric, judgement),
    failureLimit: judgement.failuresTolerated,
    inconclusiveLimit: judgement.failuresTolerated,
    // An unreachable Prometheus ends the analysis at the fifth error in a row, whatever no data means.
    consecutiveErrorLimit: 4,
    provider: { prometheus: { address: prometheus.address, query: metric.query } },
  };
}

/**
 * The conditions of a metric. A measurement that meets neither is inconclusive, which holds the release for a person;
 * with one condition alone it counts as the other outcome. An empty vector and NaN are no data.
 */
export function conditions(metric: Metric, { noData }: Pick<Judgement, "noData">): Pick<AnalysisMetric, "successCondition" | "failureCondition"> {
  const { is, threshold } = metric.passes;
  const hasData = "len(result) > 0 && !isNaN(result[0])";
  const success = `${hasData} && result[0] ${is} ${threshold}`;
  const failure = `${hasData} && result[0] ${is === "<" ? ">=" : "<"} ${threshold}`;
  if (noData === "fail") return { successCondition: success };
  if (noData === "hold") return { successCondition: success, failureCondition: metric.measuresData ? "false" : failure };
  return { failureCondition: failure };
}
