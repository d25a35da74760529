import type { FailedChecks, Schedule } from "../../release/promise/worstCase";
import { passesWithoutData, type JudgementSettings, type Metric } from "../../release/metrics/metrics";
import { lags } from "../../release/promise/promise";
import { RefusedRelease } from "../../release/settings/refusal";
import type { ReleaseSettings } from "../../release/settings";
import { formatDuration } from "../../release/units";
import { autoscaler } from "../autoscaling";
import { exceptions, passesWithoutDataAnnotation, reasonToPass, requestRate } from "../annotations";
import { judgedBy, type VersionLabels } from "../canaryMetrics";
import { gate, native, refused } from "../support";
import type { RenderedForFlagger } from "../routers/router";
import type { CanaryMetric, CanarySpec, CanaryWebhook, MetricTemplateSpec } from "../types/flagger";
import type { DeploymentSpec, KubernetesObject, Labels } from "../types/kubernetes";
import { smokeTestName, smokeTestQuestion } from "../smokeTest";
import { metadata, selectorLabels } from "../metadata";
import { deployment, disruptionBudget } from "../workload";
import { patchStatus, possible, type Controller, type ResourceKind, type Steering } from "./controller";
import { gateOf, holdsWithoutData, isGated, openGate, type Gate } from "./flaggerGate";

const apiVersion = "flagger.app/v1beta1";
const throughLoadTester = "Flagger's load tester reads the Canary and holds the step, in whole intervals";
const untilGone = (what: string) =>
  `Flagger's load tester asks Prometheus, and holds the step ${what}, or until a person opens the gate`;

export const canaryKind: ResourceKind = { apiVersion, kind: "Canary", plural: "canaries" };

const steering: Steering = {
  title: "Flagger",
  object: canaryKind,
  role: "canary",
  targetKind: "Deployment",
  promote: ({ name, namespace, loadTester = "" }) => [
    openGate({ application: name, namespace, url: loadTester }),
    "from inside the cluster; Flagger sees it at its next look",
  ],
  // It takes a canary back when it looks at it next, and finds too many failed checks.
  abort: (release) => [patchStatus(canaryKind, release, { failedChecks: 1000 })],
  heldUntil: "it is so at one of Flagger's looks, or a person lets it go on",
  stuck: { because: "Flagger leaves all requests with the pods that run", canAbort: false },
  extraSeconds,
};

/**
 * Flagger looks once an interval: to see a new version, at the end of each hold and thrice to promote. Its holds begin
 * anew after a failed check, and the stable version's pods start anew too.
 */
function extraSeconds({
  steps,
  progressDeadline,
  judgement: { interval, failuresTolerated },
}: ReleaseSettings): number {
  return progressDeadline + (steps.length + 5) * interval + failuresTolerated * longestHold(steps, interval);
}

const longestHold = (steps: ReleaseSettings["steps"], interval: number) =>
  Math.max(interval, ...steps.map(({ hold }) => hold).filter((hold) => hold !== "until promoted"));

/** A Deployment that Flagger copies for the stable version, and a Canary that tells it how to release the next one. */
export const flagger: Controller = {
  measuresAfterInterval: true,
  holdsByItself: false,
  steering,
  supports: {
    holds: gate(throughLoadTester),
    promotion: gate(throughLoadTester),
    warnings: gate(untilGone("for as long as the warning lasts")),
    "goes on by itself": native(),
    "no data holds": gate(untilGone("until there is data")),
    "no data passes": native(),
    "smoke test by a Job": refused("Flagger asks webhooks, and runs no Job"),
    wait: native(),
  },
  describe: (settings, router) => {
    refuse(settings);
    const rendered = possible(router.drivers.flagger).render(settings);
    const judging = judgedBy(settings, versions(settings));
    const checks = judging.filter(({ measuresData }) => !(measuresData && holdsWithoutData(settings.judgement)));
    const gated = gateOf(settings, judging);
    return {
      objects: [
        disruptionBudget(settings, undefined, ofBothVersions(settings)),
        { role: "target-deployment", object: target(settings) },
        ...autoscaler(settings, targetRef(settings)),
        ...rendered.objects,
        ...checks.map((metric) => ({
          role: `metric-${metric.name}` as const,
          object: metricTemplate(settings, metric),
        })),
        ...gated.objects,
        { role: "canary", object: canary(settings, rendered, checks, gated) },
      ],
      owned: [{ role: "target-deployment", field: "spec.replicas", by: "flagger" }],
      weight: rendered.weight,
      metrics: judging,
      schedule: schedule(settings),
      failedChecks,
      notices: [...(rendered.notices ?? []), ...gated.notices, ...limits(settings)],
    };
  },
};

/**
 * Flagger gives the stable version's pods the label with a suffix, so that the application's own is the canary's alone;
 * it fills in the namespace.
 */
function versions({ application }: ReleaseSettings) {
  const labels = (workload: string, service: string): VersionLabels => ({
    namespace: "{{ namespace }}",
    labels: { app_kubernetes_io_name: workload },
    pods: `${workload}-[a-z0-9]+-[a-z0-9]+`,
    workload,
    service,
  });
  return {
    canary: labels(application, `${application}-canary`),
    stable: labels(`${application}-primary`, `${application}-primary`),
  };
}

/** Flagger fails what is greater than `max` or less than `min`, and counts each look at which any metric fails. */
const failedChecks: FailedChecks = { equalFails: false, toleratedFor: "all metrics together" };

/**
 * It measures an interval after each weight, acts on too many failures at the next look, and begins a hold anew after
 * each that it tolerates.
 */
function schedule({ steps, judgement: { interval, failuresTolerated } }: ReleaseSettings): Schedule {
  const longest = longestHold(steps, interval);
  return {
    first: interval,
    every: interval,
    untilBack: interval + lags.query + lags.router,
    heldLonger: failuresTolerated * longest,
  };
}

function ofBothVersions(settings: ReleaseSettings) {
  const matchExpressions = Object.entries(selectorLabels(settings)).map(([key, value]) => ({
    key,
    operator: "In" as const,
    values: [value, `${value}-primary`],
  }));
  return { matchExpressions };
}

const targetRef = ({ application }: ReleaseSettings) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  name: application,
});

/** Pulumi does not wait for its pods: Flagger takes them away when it has copied them, and judges later ones. */
function target(settings: ReleaseSettings): KubernetesObject<DeploymentSpec> {
  const declared = deployment(settings, undefined, settings.replicas);
  return {
    ...declared,
    metadata: {
      ...declared.metadata,
      annotations: { ...declared.metadata.annotations, "pulumi.com/skipAwait": "true" },
    },
  };
}

function metricTemplate(settings: ReleaseSettings, metric: Metric): KubernetesObject<MetricTemplateSpec> {
  const { application, judgement, prometheus } = settings;
  return {
    apiVersion,
    kind: "MetricTemplate",
    metadata: metadata(settings, `${application}-${metric.name}`, whyItPasses(settings)),
    spec: { provider: { type: "prometheus", address: prometheus.address }, query: queryOf(metric, judgement) },
  };
}

/**
 * A check without data is a failed one; where it is not to fail, an empty vector and NaN become the last value that is
 * good.
 */
function queryOf({ query, passes }: Metric, judgement: JudgementSettings): string {
  const fails = !passesWithoutData(judgement) && !holdsWithoutData(judgement);
  return fails ? query : `((${query}) >= -Inf) or on() vector(${passes.threshold})`;
}

function whyItPasses(settings: ReleaseSettings): Labels {
  return holdsWithoutData(settings.judgement)
    ? { [passesWithoutDataAnnotation]: "in its place a gate of the Canary holds the step while there is no data" }
    : reasonToPass(settings);
}

function canary(
  settings: ReleaseSettings,
  rendered: RenderedForFlagger,
  checks: readonly Metric[],
  { webhooks }: Gate,
): KubernetesObject<CanarySpec> {
  const { application, progressDeadline, judgement, steps, autoscaling } = settings;
  const tests = smokeTest(settings);
  return {
    apiVersion,
    kind: "Canary",
    metadata: metadata(settings, application, { ...requestRate(settings), ...exceptions(settings) }),
    spec: {
      provider: rendered.provider,
      targetRef: targetRef(settings),
      ...(autoscaling.maxReplicas > 0 && {
        autoscalerRef: { apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", name: application },
      }),
      ...(rendered.ingressRef && { ingressRef: rendered.ingressRef }),
      progressDeadlineSeconds: progressDeadline,
      service: { name: application, port: 80, targetPort: "http", ...rendered.service },
      analysis: {
        interval: `${judgement.interval}s`,
        threshold: judgement.failuresTolerated + 1,
        stepWeights: steps.map(({ weight }) => weight).filter((weight) => weight > 0),
        ...rendered.analysis,
        metrics: checks.map((metric) => canaryMetric(settings, metric)),
        ...(webhooks.length + tests.length > 0 && { webhooks: [...tests, ...webhooks] }),
      },
    },
  };
}

/** Asked again at each look until it passes; a failed test counts as a failed check. */
function smokeTest(settings: ReleaseSettings): readonly CanaryWebhook[] {
  const { webhook, timeout } = settings.smokeTest;
  if (webhook === "") return [];
  const { metadata } = smokeTestQuestion(settings, "canary", String(settings.namespace));
  return [
    { type: "pre-rollout", name: smokeTestName, url: webhook, timeout: `${timeout}s`, metadata: { ...metadata } },
  ];
}

function canaryMetric({ application, judgement }: ReleaseSettings, { name, passes }: Metric): CanaryMetric {
  return {
    name,
    interval: `${judgement.window}s`,
    templateRef: { name: `${application}-${name}` },
    thresholdRange: passes.is === "<" ? { max: passes.threshold } : { min: passes.threshold },
  };
}

/** Flagger's floor: it takes a shorter interval for this one. */
const leastInterval = 10;

function refuse(settings: ReleaseSettings): void {
  const { judgement, namespace, steps } = settings;
  const { interval, initialDelay } = judgement;
  const given = formatDuration(interval);
  const mirrors = steps.findIndex(({ mirror, hold }) => mirror !== undefined && hold !== interval);
  const refusals = [
    interval < leastInterval &&
      `judgement.interval = "${given}": Flagger measures every ${leastInterval}s at most; accepted: ${leastInterval}s or longer, or controller = "argo-rollouts"`,
    initialDelay > interval &&
      `judgement.initialDelay = "${formatDuration(initialDelay)}": Flagger first measures one interval after the first weight, which is ${given}; accepted: ${given} or shorter, judgement.interval = "${formatDuration(initialDelay)}" or longer, or controller = "argo-rollouts"`,
    mirrors >= 0 &&
      `steps[${mirrors}].hold: Flagger mirrors for one interval, and no gate holds it longer; accepted: "${given}", which is judgement.interval`,
    settings.smokeTest.webhook !== "" &&
      typeof namespace !== "string" &&
      "namespace = (known later): the webhook of the smoke test is told the canary's URL, with it; accepted: text",
    isGated(settings) &&
      typeof namespace !== "string" &&
      "namespace = (known later): the gate that holds a step reads the Canary in it; accepted: text, or holds of one interval each, no warnings and no data that fails",
  ].filter((refusal) => typeof refusal === "string");
  if (refusals.length > 0) throw new RefusedRelease(refusals);
}

/** What Flagger does otherwise than the release says. */
function limits({ application, autoscaling }: ReleaseSettings): readonly string[] {
  const later = `controller flagger: the number of pods is that of the first deploy, and Deployment ${application}-primary's later: kubectl scale it`;
  const inFlight =
    "controller flagger: a new image that is applied while a canary is in flight has its weight at once, until Flagger looks and begins anew";
  const lost =
    "controller flagger: a version that lost loses its pods at once, whatever scaleDownDelay says; they go on serving for shutdown.drain";
  return [...(autoscaling.maxReplicas > 0 ? [] : [later]), inFlight, lost];
}
