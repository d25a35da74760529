import type { AwaitedRelease } from "../../../verdict/awaited";
import type {
  AnalysisPhase,
  AnalysisRun,
  MetricResult,
  Rollout,
  RolloutStatus,
} from "../../../verdict/types/argoRollouts";
import type { ReplicaSet, Service } from "../../../verdict/types/kubernetes";

/** Objects as Argo Rollouts 1.10.1 wrote them during a real release, cut down to what the verdict reads. */
export const stable = "7f4fbd886d";
export const canary = "6b678ccf69";

export const awaited: AwaitedRelease = {
  application: "shop",
  namespace: "demo",
  controller: "argo-rollouts",
  name: "shop",
  stableService: "shop-stable",
  canaryService: "shop-canary",
  weight: {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    name: "shop-shop-canary",
    path: ["metadata", "annotations", "nginx.ingress.kubernetes.io/canary-weight"],
  },
  boundSeconds: 60,
  scaleDownSeconds: 10,
  steps: [
    { weight: 5, hold: 6 },
    { weight: 50, hold: "until promoted" },
  ],
  metrics: {
    "error-rate": { words: "below 5 %", unit: "share" },
    "latency-p95": { words: "below 200ms", unit: "seconds" },
    "request-rate": { words: "at least 1 requests/s", unit: "requests/s" },
  },
};

const owner = { uid: "997e70ff" };

/** A Rollout whose second version is at its first step; `status` and `spec` replace single fields. */
export function rollout(
  status: RolloutStatus = {},
  spec: Partial<Rollout["spec"]> = {},
  metadata: Partial<Rollout["metadata"]> = {},
): Rollout {
  return {
    metadata: { ...owner, generation: 4, annotations: { "rollout.argoproj.io/revision": "2" }, ...metadata },
    spec: {
      replicas: 3,
      strategy: {
        canary: { steps: [{ setWeight: 5 }, { pause: { duration: "6s" } }, { setWeight: 50 }, { pause: {} }] },
      },
      ...spec,
    },
    status: {
      observedGeneration: "4",
      phase: "Progressing",
      message: "more replicas need to be updated",
      currentPodHash: canary,
      stableRS: stable,
      currentStepIndex: 0,
      canary: { weights: { canary: { weight: 5 } } },
      ...status,
    },
  };
}

/** The status at a pause step. */
export const pausedAt = (currentStepIndex: number, weight: number, reason = "CanaryPauseStep"): RolloutStatus => ({
  phase: "Paused",
  message: reason,
  controllerPause: true,
  pauseConditions: [{ reason, startTime: "2026-11-21T03:06:41Z" }],
  currentStepIndex,
  canary: { weights: { canary: { weight } } },
});

export const condition = (type: string, status: string, reason: string, message: string) => ({
  conditions: [{ type, status, reason, message }],
});

/** The status after an abort, with the reason that the controller gives. */
export const abortedFor = (reason: string): RolloutStatus => ({
  abort: true,
  phase: "Degraded",
  canary: { weights: { canary: { weight: 0 } } },
  ...condition(
    "Progressing",
    "False",
    "RolloutAborted",
    `Rollout aborted update to revision 2${reason === "" ? "" : `: ${reason}`}`,
  ),
});

/** A metric of an AnalysisRun; the last measurements are given by their values, and ended as the metric did. */
export const metric = (
  name: string,
  phase: AnalysisPhase,
  values: readonly string[],
  counts: Partial<MetricResult> = {},
): MetricResult => ({
  name,
  phase,
  measurements: values.map((value) => ({ phase: phase === "Running" ? "Successful" : phase, value })),
  count: values.length,
  ...counts,
});

/** A run of the canary's version, older the greater its age in minutes. */
export function run(phase: AnalysisPhase, metricResults: readonly MetricResult[], age = 0, hash = canary): AnalysisRun {
  return {
    metadata: {
      labels: { "rollout-type": "Background", "rollouts-pod-template-hash": hash },
      ownerReferences: [owner],
      creationTimestamp: new Date(Date.UTC(2026, 10, 21, 3, 6 - age)).toISOString(),
    },
    status: { phase, message: `message of the ${phase} run`, metricResults },
  };
}

export const service = (hash: string | undefined): Service => ({
  spec: { selector: { app: "shop", ...(hash === undefined ? {} : { "rollouts-pod-template-hash": hash }) } },
});

export const replicaSet = (
  hash: string,
  replicas: number,
  availableReplicas = replicas,
  ownedBy = owner.uid,
): ReplicaSet => ({
  metadata: {
    name: `shop-${hash}`,
    labels: { "rollouts-pod-template-hash": hash },
    ownerReferences: [{ uid: ownedBy }],
  },
  spec: { replicas },
  status: { availableReplicas },
});
