import type { FailedChecks, Schedule } from "../../release/promise/worstCase";
import type { JudgementSettings, Metric } from "../../release/metrics/metrics";
import type { Hold } from "../../release/plan";
import { lags } from "../../release/promise/promise";
import type { ReleaseSettings } from "../../release/settings";
import { formatDuration } from "../../release/units";
import { autoscaler, scaled } from "../autoscaling";
import { exceptions, reasonToPass, requestRate } from "../annotations";
import { judgedBy, type VersionLabels } from "../canaryMetrics";
import { native } from "../support";
import type {
  AnalysisArgument,
  AnalysisMetric,
  AnalysisTemplateSpec,
  RolloutSpec,
  RolloutStep,
  TestMetric,
} from "../types/argoRollouts";
import type { KubernetesObject } from "../types/kubernetes";
import { hasSmokeTest, smokeTestName, smokeTestQuestion, smokeTestTries, testJob } from "../smokeTest";
import type { Described } from "../description";
import { metadata, selectorLabels } from "../metadata";
import { disruptionBudget, podTemplate, serviceNames } from "../workload";
import type { RenderedForArgoRollouts } from "../routers/router";
import { patchStatus, possible, type Controller, type ResourceKind, type Steered, type Steering } from "./controller";

const apiVersion = "argoproj.io/v1alpha1";

export const rolloutKind: ResourceKind = { apiVersion, kind: "Rollout", plural: "rollouts" };
/** What the controller makes of an AnalysisTemplate for each version. */
export const analysisRunKind: ResourceKind = { apiVersion, kind: "AnalysisRun", plural: "analysisruns" };

/** The label that tells the pods of one version from those of another; both Services' selectors get it too. */
export const hashLabel = "rollouts-pod-template-hash";

/** A command of the plugin, and the same without the plugin: what the command does to the status. */
const byPluginOrPatch = (command: string, status: object, release: Steered) => [
  `kubectl argo rollouts ${command} ${release.name} -n ${release.namespace}`,
  `or without that plugin: ${patchStatus(rolloutKind, release, status)}`,
];

const steering: Steering = {
  title: "Argo Rollouts",
  object: rolloutKind,
  role: "rollout",
  targetKind: "Rollout",
  promote: (release) => byPluginOrPatch("promote", { pauseConditions: null }, release),
  abort: (release) => byPluginOrPatch("abort", { abort: true }, release),
  retry: (release) => patchStatus(rolloutKind, release, { abort: false }),
  heldUntil: "a person lets it go on, which ends this step's hold",
  stuck: { because: "the Rollout's progressDeadlineAbort is not set", canAbort: true },
  extraSeconds: () => 0,
};

/** A Rollout whose steps are the plan, judged in the background from the first weight on. */
export const argoRollouts: Controller = {
  measuresAfterInterval: false,
  holdsByItself: true,
  steering,
  supports: {
    holds: native(),
    promotion: native(),
    warnings: native(),
    "goes on by itself": native(),
    "no data holds": native(),
    "no data passes": native(),
    "smoke test by a Job": native(),
    wait: native(),
  },
  describe: (settings, router) => {
    const rendered = possible(router.drivers["argo-rollouts"]).render(settings);
    const judging = judgedBy(settings, versions(settings, rendered));
    return {
      objects: [
        disruptionBudget(settings),
        ...rendered.objects,
        { role: "analysis", object: analysisTemplate(settings, judging) },
        ...smokeTest(settings),
        { role: "rollout", object: rollout(settings, rendered) },
        ...autoscaler(settings, { apiVersion, kind: "Rollout", name: settings.application }),
      ],
      owned: [...rendered.owned, ...scaled(settings, "rollout")],
      ...(rendered.weight && { weight: rendered.weight }),
      metrics: judging,
      schedule: schedule(settings),
      failedChecks,
      notices: rendered.notices ?? [],
    };
  },
};

/**
 * The pods of each version carry the hash of their template as a label, which Prometheus' pod discovery turns into one
 * of the metric.
 */
function versions({ application }: ReleaseSettings, { traffic }: RenderedForArgoRollouts) {
  const labels = (hash: string, service: string | undefined): VersionLabels => ({
    namespace: "{{args.namespace}}",
    labels: { [hashLabel.replaceAll("-", "_")]: hash },
    pods: `${application}-${hash}-.*`,
    ...(service !== undefined && { service }),
  });
  return {
    canary: labels("{{args.canary-hash}}", traffic?.canaryService),
    stable: labels("{{args.stable-hash}}", traffic?.stableService),
  };
}

/** Each metric has a `failureLimit` of its own; the conditions below say what is equal to a threshold. */
const failedChecks: FailedChecks = { equalFails: true, toleratedFor: "each metric" };

/** A run starts with the first weight, and each measurement after the one before has ended. */
function schedule({ judgement }: ReleaseSettings): Schedule {
  const { query, controller, router } = lags;
  return {
    first: controller + judgement.initialDelay,
    every: judgement.interval + query,
    untilBack: query + controller + router,
  };
}

function rollout(settings: ReleaseSettings, rendered: RenderedForArgoRollouts): KubernetesObject<RolloutSpec> {
  const { application, replicas, progressDeadline, scaleDownDelay } = settings;
  const traffic = trafficOf(rendered);
  const steps = rolloutSteps(settings, rendered);
  return {
    apiVersion,
    kind: "Rollout",
    // The controller normalises the containers that it reads, and would own them against our next edit.
    metadata: metadata(settings, application, {
      "pulumi.com/patchForce": "true",
      ...requestRate(settings),
      ...exceptions(settings),
    }),
    spec: {
      replicas,
      revisionHistoryLimit: 3,
      progressDeadlineSeconds: progressDeadline,
      progressDeadlineAbort: true,
      selector: { matchLabels: selectorLabels(settings) },
      template: podTemplate(settings, hashLabel),
      strategy: {
        canary: {
          ...traffic,
          // Not every router has a Service of the canary's own, which a test needs.
          ...(hasSmokeTest(settings) && { canaryService: serviceNames(settings).canary }),
          maxSurge: "25%",
          maxUnavailable: 0,
          // Without a router's weight the pods themselves are the split, and the canary's go at once.
          ...(traffic && { scaleDownDelaySeconds: scaleDownDelay, abortScaleDownDelaySeconds: scaleDownDelay }),
          steps,
          analysis: {
            // Before it is given requests, by a mirror or a weight, the canary has none to be judged by.
            startingStep: steps.findIndex((step) => "setMirrorRoute" in step || "setWeight" in step) + 1,
            templates: [{ templateName: application }],
            args: [
              namespaceArgument,
              { name: "canary-hash", valueFrom: { podTemplateHashValue: "Latest" } },
              { name: "stable-hash", valueFrom: { podTemplateHashValue: "Stable" } },
            ],
          },
        },
      },
    },
  };
}

const namespaceArgument: AnalysisArgument = {
  name: "namespace",
  valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } },
};
const toCanaryRoute = "to-canary";
const mirrorRoute = "mirror";

/**
 * The routes that steps make are named whether or not there are any now: the controller takes away those of an earlier
 * plan too.
 */
function trafficOf({ traffic, toCanary }: RenderedForArgoRollouts): RenderedForArgoRollouts["traffic"] {
  if (!traffic || !toCanary) return traffic;
  return {
    ...traffic,
    trafficRouting: { ...traffic.trafficRouting, managedRoutes: [{ name: toCanaryRoute }, { name: mirrorRoute }] },
  };
}

function rolloutSteps(settings: ReleaseSettings, { toCanary = [] }: RenderedForArgoRollouts): readonly RolloutStep[] {
  const { steps, path } = settings;
  const first = steps.findIndex(({ weight }) => weight > 0);
  const tested = hasSmokeTest(settings);
  const moved = steps.flatMap(({ weight, mirror, hold }, index) => {
    if (mirror !== undefined) return mirrored(mirror, Math.max(mirror, steps[first]?.weight ?? 0), path, hold);
    const atFirst: readonly RolloutStep[] = [
      ...(toCanary.length > 0 ? [{ setHeaderRoute: { name: toCanaryRoute, match: toCanary } }] : []),
      ...(first > 0 || tested ? [{ setCanaryScale: { matchTrafficWeight: true } } as const] : []),
    ];
    return [{ setWeight: weight }, ...(index === first ? atFirst : []), ...pause(hold)];
  });
  return tested ? [...testedFirst(settings), ...moved] : moved;
}

/** The pods of the first step are there, and have no requests yet. */
function testedFirst({ application, steps: [first] }: ReleaseSettings): readonly RolloutStep[] {
  const pods: RolloutStep = { setCanaryScale: { weight: first?.mirror ?? first?.weight ?? 0 } };
  return [
    pods,
    { analysis: { templates: [{ templateName: `${application}-${smokeTestName}` }], args: [namespaceArgument] } },
  ];
}

/** A webhook that answers anything but 2xx is asked again; a Job is not run again. */
function smokeTest(settings: ReleaseSettings): readonly Described[] {
  const {
    application,
    smokeTest: { webhook, timeout },
  } = settings;
  if (!hasSmokeTest(settings)) return [];
  const question = smokeTestQuestion(settings, "canary", "{{args.namespace}}");
  const headers = [{ key: "Content-Type", value: "application/json" }];
  const provider =
    webhook === ""
      ? { job: { spec: testJob(settings, "canary", 0) } }
      : { web: { method: "POST" as const, url: webhook, timeoutSeconds: timeout, headers, jsonBody: question } };
  const object: KubernetesObject<AnalysisTemplateSpec<TestMetric>> = {
    apiVersion,
    kind: "AnalysisTemplate",
    metadata: metadata(settings, `${application}-${smokeTestName}`),
    spec: {
      args: [{ name: "namespace" }],
      metrics: [{ name: smokeTestName, consecutiveErrorLimit: smokeTestTries - 1, provider }],
    },
  };
  return [{ role: smokeTestName, object }];
}

/**
 * The pods of the first weight are there before it: between mirror and weight the canary would have no requests to be
 * judged by.
 */
function mirrored(percentage: number, pods: number, prefix: string, hold: Hold): readonly RolloutStep[] {
  const mirror: RolloutStep = { setMirrorRoute: { name: mirrorRoute, percentage, match: [{ path: { prefix } }] } };
  return [{ setCanaryScale: { weight: pods } }, mirror, ...pause(hold), { setMirrorRoute: { name: mirrorRoute } }];
}

function pause(hold: Hold): readonly RolloutStep[] {
  if (hold === 0) return [];
  return [{ pause: hold === "until promoted" ? {} : { duration: formatDuration(hold) } }];
}

function analysisTemplate(
  settings: ReleaseSettings,
  judging: readonly Metric[],
): KubernetesObject<AnalysisTemplateSpec> {
  return {
    apiVersion,
    kind: "AnalysisTemplate",
    metadata: metadata(settings, settings.application, { ...reasonToPass(settings), ...exceptions(settings) }),
    spec: {
      args: [{ name: "namespace" }, { name: "canary-hash" }, { name: "stable-hash" }],
      metrics: judging.map((metric) => analysisMetric(metric, settings)),
    },
  };
}

function analysisMetric(metric: Metric, settings: ReleaseSettings): AnalysisMetric {
  const { judgement, prometheus } = settings;
  return {
    name: metric.name,
    interval: formatDuration(judgement.interval),
    initialDelay: formatDuration(judgement.initialDelay),
    ...conditions(metric, judgement),
    failureLimit: judgement.failuresTolerated,
    inconclusiveLimit: judgement.failuresTolerated,
    ...timed(metric, settings),
    // An unreachable Prometheus ends the analysis at the fifth error in a row, whatever no data means.
    consecutiveErrorLimit: 4,
    provider: { prometheus: { address: prometheus.address, query: metric.query } },
  };
}

/**
 * Where no data holds in the first hold and fails later, a metric for each: the one ends with the first hold, the other
 * begins with the second. Others say of no data that they do not know, and leave it to that one to fail first.
 */
function timed({ during, measuresData }: Metric, { judgement, steps }: ReleaseSettings): Partial<AnalysisMetric> {
  const { noData, initialDelay, interval, failuresTolerated } = judgement;
  const firstHold = steps[0]?.hold;
  if (noData !== "hold, then fail" || typeof firstHold !== "number") return {};
  if (!measuresData) return { inconclusiveLimit: Math.ceil(initialDelay / interval) + 2 * failuresTolerated + 2 };
  if (during === "later holds") return { initialDelay: formatDuration(firstHold + initialDelay) };
  const count = Math.max(1, Math.floor((firstHold - initialDelay) / interval));
  return { count, failureLimit: 0, inconclusiveLimit: Math.min(failuresTolerated, count - 1) };
}

const hasData = "len(result) > 0 && !isNaN(result[0])";
const noData = "len(result) == 0 || isNaN(result[0])";

/**
 * The conditions of a metric. A measurement that meets neither is inconclusive, which holds the release for a person;
 * with one condition alone it counts as the other outcome. An empty vector and NaN are no data.
 */
export function conditions(
  metric: Metric,
  judgement: Pick<JudgementSettings, "noData">,
): Pick<AnalysisMetric, "successCondition" | "failureCondition"> {
  const { is, threshold } = metric.passes;
  const good = `${hasData} && result[0] ${is} ${metric.warns ?? threshold}`;
  const bad = `${hasData} && result[0] ${is === "<" ? ">=" : "<"} ${threshold}`;
  const warned = metric.warns !== undefined;
  if (typeof judgement.noData === "object")
    return { ...(warned && { successCondition: `${noData} || ${good}` }), failureCondition: bad };
  const holds =
    judgement.noData === "hold" || (judgement.noData === "hold, then fail" && metric.during !== "later holds");
  if (holds) return { successCondition: good, failureCondition: metric.measuresData ? "false" : bad };
  return { successCondition: good, ...(warned && { failureCondition: `${noData} || ${bad}` }) };
}
