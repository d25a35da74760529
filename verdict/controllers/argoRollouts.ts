import type { AwaitedRelease } from "../awaited";
import type { ClusterReader } from "../cluster";
import { type LastMeasurement, finding } from "../findings";
import { type AnalysisPhase, type AnalysisRun, hashLabel, type Rollout, type RolloutStatus } from "../statuses";
import type { Position, RunningRelease, Verdict } from "../verdict";
import { wayBack } from "./argoRolloutsWayBack";
import * as words from "../words";

/** A release that Argo Rollouts runs. */
export function rolloutRelease(awaited: AwaitedRelease, cluster: ClusterReader): RunningRelease {
  return {
    verdict: async () => {
      const rollout = await cluster.rollout();
      return verdict(rollout, await cluster.analysisRuns(rollout), awaited);
    },
    wayBack: async () => {
      const rollout = await cluster.rollout();
      if (rollout.status?.abort !== true) return words.abortTakenBack;
      const complete = words.wayBackComplete(awaited, rollout.status.stableRS ?? "", rollout.spec.replicas ?? 1);
      return { ...wayBack(await cluster.objects(rollout), awaited), complete };
    },
    versions: async () => {
      const rollout = await cluster.rollout();
      const { replicaSets } = await cluster.objects(rollout);
      const stable = replicaSets.find(
        ({ metadata }) => metadata?.labels?.[hashLabel] === rollout.status?.stableRS && rollout.status?.stableRS,
      );
      return { asked: rollout.spec.template, runs: stable?.spec?.template };
    },
  };
}

/** Reads the verdict from a Rollout and the AnalysisRuns in its namespace. */
export function verdict(rollout: Rollout, runs: readonly AnalysisRun[], { steps, metrics }: AwaitedRelease): Verdict {
  const status = rollout.status ?? {};
  const at = position(rollout, steps.length);
  const own = runs.filter((run) => belongsTo(run, rollout)).sort(newestFirst);
  const inProgress = (doing: string): Verdict => ({
    is: "in progress",
    at,
    doing,
    measured: findings(own[0], metrics),
  });

  const unseen = notYetObserved(rollout);
  if (unseen !== undefined) return { is: "in progress", at: undefined, doing: unseen, measured: [] };

  const invalid = status.conditions?.find(({ type }) => type === "InvalidSpec");
  // The controller looks again every 20 s for a Service or an AnalysisTemplate that came after the Rollout.
  if (invalid !== undefined)
    return { is: "invalid", message: invalid.message, heals: /not found/.test(invalid.message) };
  if (status.abort === true) return aborted(status, own, metrics);
  if (rollout.spec.paused === true) return { is: "paused", at };

  const pauses = (status.pauseConditions ?? []).map(({ reason }) => reason);
  if (pauses.some((reason) => reason.startsWith("Inconclusive"))) {
    const run = lastToEnd(own, "Inconclusive");
    return {
      is: "held",
      at,
      findings: findings(run, metrics, "Inconclusive"),
      message: run?.status?.message ?? "an analysis was inconclusive",
    };
  }
  if (status.controllerPause === true && pauses.length === 0) return inProgress("promoted by a person, about to go on");
  if (pauses.length > 0) {
    const pause = currentStep(rollout)?.pause;
    if (pause !== undefined && pause.duration === undefined) return { is: "waiting for promotion", at };
    return inProgress(pause?.duration === undefined ? "held" : `held for ${duration(pause.duration)}`);
  }
  const timedOut = status.conditions?.find(({ reason }) => reason === "ProgressDeadlineExceeded");
  if (timedOut !== undefined) {
    const { message } = timedOut;
    return rollout.spec.progressDeadlineAbort === true ? inProgress(message) : { is: "stuck", at, message };
  }
  const trouble = podTrouble(status);
  if (trouble !== undefined) return inProgress(trouble);
  if (status.phase === "Healthy" && hasStable(status) && status.stableRS === status.currentPodHash) {
    return { is: "promoted", firstDeploy: rollout.metadata.annotations?.["rollout.argoproj.io/revision"] === "1" };
  }
  return inProgress(`${hasStable(status) ? "" : "first deploy, "}${status.message ?? "the controller is at work"}`);
}

const hasStable = ({ stableRS }: RolloutStatus) => stableRS !== undefined && stableRS !== "";

/** Why the status is not yet about the spec; undefined if it is. A Rollout's phase means nothing before. */
function notYetObserved({ metadata, status }: Rollout): string | undefined {
  const wanted = metadata.generation ?? 0;
  const seen = status?.observedGeneration;
  if (seen === undefined || seen === "")
    return "no controller has looked at the Rollout yet: does Argo Rollouts run in this cluster?";
  return Number(seen) >= wanted
    ? undefined
    : `the controller has seen generation ${seen} of the Rollout and not yet ${wanted}`;
}

function position({ spec, status }: Rollout, steps: number): Position {
  const begun = (spec.strategy.canary?.steps ?? []).slice(0, (status?.currentStepIndex ?? 0) + 1);
  const weights = begun.flatMap(({ setWeight, setMirrorRoute }) => (setMirrorRoute?.match ? 0 : (setWeight ?? [])));
  return {
    step: Math.min(weights.length, steps),
    steps,
    weight: status?.canary?.weights?.canary.weight ?? weights.at(-1) ?? 0,
  };
}

const currentStep = ({ spec, status }: Rollout) => spec.strategy.canary?.steps?.[status?.currentStepIndex ?? 0];

const duration = (of: string | number) => (/^\d+$/.test(`${of}`) ? `${of}s` : `${of}`);

/**
 * Why pods of the new version cannot be made. The phase says nothing of it: it stays Healthy while there is no
 * ReplicaSet at all.
 */
function podTrouble({ conditions }: RolloutStatus): string | undefined {
  return conditions?.find(
    ({ type, status, reason }) =>
      (type === "ReplicaFailure" && status === "True") || reason === "ReplicaSetCreateError",
  )?.message;
}

function aborted(status: RolloutStatus, own: readonly AnalysisRun[], metrics: AwaitedRelease["metrics"]): Verdict {
  const condition = status.conditions?.find(({ reason }) => reason === "RolloutAborted")?.message ?? "";
  const [, message] = /^Rollout aborted update to revision \d+: (.*)$/s.exec(condition) ?? [];
  // A run that failed earlier may be left of the same version: only the controller's message says that a run was the
  // reason.
  const run = message?.includes("analysis phase error/failed") ? lastToEnd(own, "Failed", "Error") : undefined;
  return {
    is: "aborted",
    findings: findings(run, metrics, "Failed", "Error"),
    message: message ?? "the controller gives no reason: a person or another program asked for it",
    firstDeploy: !hasStable(status),
  };
}

function belongsTo({ metadata }: AnalysisRun, rollout: Rollout): boolean {
  const owned = metadata.ownerReferences?.some(({ uid }) => uid === rollout.metadata.uid) ?? false;
  return owned && metadata.labels?.[hashLabel] === rollout.status?.currentPodHash;
}

const newestFirst = (a: AnalysisRun, b: AnalysisRun) => createdAt(b) - createdAt(a);
const createdAt = ({ metadata }: AnalysisRun) => new Date(metadata.creationTimestamp ?? 0).getTime();

const lastToEnd = (own: readonly AnalysisRun[], ...phases: readonly (AnalysisPhase | "")[]) =>
  own.find(({ status }) => status !== undefined && phases.includes(status.phase));

/**
 * A run's findings, only those of metrics in the given phases if any are given; metrics on trial (dryRun) decide
 * nothing.
 */
function findings(
  run: AnalysisRun | undefined,
  metrics: AwaitedRelease["metrics"],
  ...phases: readonly AnalysisPhase[]
): readonly LastMeasurement[] {
  return (run?.status?.metricResults ?? [])
    .filter(({ dryRun, phase }) => dryRun !== true && (phases.length === 0 || phases.includes(phase)))
    .flatMap((result) => finding(result, metrics) ?? []);
}
