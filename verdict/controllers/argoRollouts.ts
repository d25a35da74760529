import { analysisRunKind, hashLabel, rolloutKind } from "../../manifests/controllers/argoRollouts";
import { kubectlName } from "../../manifests/controllers/controller";
import type { AwaitedRelease } from "../awaited";
import type { ClusterReader } from "../cluster";
import { type MetricFinding, valueInWords } from "../findings";
import type { AnalysisPhase, AnalysisRun, MetricResult, Rollout, RolloutStatus } from "../types/argoRollouts";
import type { ReplicaSet, Service } from "../types/kubernetes";
import type { Position, RunningRelease, Verdict } from "../verdict";
import { type WayBack, weightIn } from "../wayBack";
import { abortTakenBack } from "../words";

/** What is read of a release that Argo Rollouts runs. */
export interface RolloutReader {
  rollout(): Promise<Rollout>;
  /** The AnalysisRuns of the version that the Rollout is about. */
  analysisRuns(rollout: Rollout): Promise<readonly AnalysisRun[]>;
  /** What an aborted release has to bring back. */
  objects(rollout: Rollout): Promise<RolloutObjects>;
}

/** The objects that an aborted release has to bring back; undefined for one that is not there. */
export interface RolloutObjects {
  readonly rollout: Rollout;
  readonly stableService: Service | undefined;
  readonly canaryService: Service | undefined;
  /** The object that holds the canary's weight. */
  readonly weightObject: object | undefined;
  readonly replicaSets: readonly ReplicaSet[];
}

export function rolloutReader(
  { name, stableService, canaryService }: AwaitedRelease,
  cluster: ClusterReader,
): RolloutReader {
  const service = async (of: string | undefined) => (of === undefined ? undefined : cluster.service(of));
  return {
    rollout: () => cluster.resource<Rollout>(rolloutKind, name),
    analysisRuns: (rollout) =>
      cluster.resources<AnalysisRun>(analysisRunKind, `${hashLabel}=${rollout.status?.currentPodHash ?? ""}`),
    objects: async (rollout) => ({
      rollout,
      stableService: await service(stableService),
      canaryService: await service(canaryService),
      weightObject: await cluster.weightObject(),
      replicaSets: await cluster.replicaSets(),
    }),
  };
}

/** A release that Argo Rollouts runs. */
export function rolloutRelease(awaited: AwaitedRelease, reader: RolloutReader): RunningRelease {
  return {
    verdict: async () => {
      const rollout = await reader.rollout();
      return verdict(rollout, await reader.analysisRuns(rollout), awaited);
    },
    wayBack: async () => {
      const rollout = await reader.rollout();
      if (rollout.status?.abort !== true) return abortTakenBack;
      return { ...wayBack(await reader.objects(rollout), awaited), complete: wayBackComplete(rollout, awaited) };
    },
    versions: async () => {
      const rollout = await reader.rollout();
      const { replicaSets } = await reader.objects(rollout);
      const { stableRS } = rollout.status ?? {};
      const stable = hasStable(rollout.status) ? replicaSets.find((set) => hashOf(set) === stableRS) : undefined;
      return { asked: rollout.spec.template, runs: stable?.spec?.template };
    },
  };
}

/** Reads the verdict from a Rollout and the AnalysisRuns in its namespace. */
export function verdict(rollout: Rollout, runs: readonly AnalysisRun[], awaited: AwaitedRelease): Verdict {
  const { steps, metrics } = awaited;
  const status = rollout.status ?? {};
  const at = position(rollout, steps.length);
  const own = runs.filter((run) => belongsTo(run, rollout)).sort(newestFirst);
  const inProgress = (doing: string): Verdict => ({
    is: "in progress",
    at,
    doing,
    findings: findingsOf(own[0], metrics),
  });

  const unseen = notYetObserved(rollout);
  if (unseen !== undefined) return { is: "in progress", at: undefined, doing: unseen, findings: [] };

  const invalid = status.conditions?.find(({ type }) => type === "InvalidSpec");
  if (invalid !== undefined) {
    const { message } = invalid;
    // It may be about a Service or an AnalysisTemplate that came after the Rollout.
    return { is: "invalid", message, looksAgainWithin: /not found/.test(message) ? invalidLookSeconds : undefined };
  }
  if (status.abort === true) return aborted(status, own, metrics);
  if (rollout.spec.paused === true) return paused(at, awaited);

  const pauses = (status.pauseConditions ?? []).map(({ reason }) => reason);
  if (pauses.some((reason) => reason.startsWith("Inconclusive"))) {
    const run = lastToEnd(own, "Inconclusive");
    return {
      is: "held",
      at,
      findings: findingsOf(run, metrics, "Inconclusive"),
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

/** How often the controller looks at a Rollout that it refuses. */
const invalidLookSeconds = 20;

function paused(at: Position, awaited: AwaitedRelease): Verdict {
  return {
    is: "paused",
    at,
    message: `somebody set spec.paused of Rollout ${awaited.name}`,
    resume: `kubectl patch ${kubectlName(rolloutKind, awaited)} --type=merge -p '{"spec":{"paused":false}}'`,
  };
}

const hasStable = ({ stableRS = "" }: RolloutStatus = {}) => stableRS !== "";

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
    findings: findingsOf(run, metrics, "Failed", "Error"),
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

/** A run's findings: of all metrics, or of those in one of the phases; metrics on trial (dryRun) decide nothing. */
function findingsOf(
  run: AnalysisRun | undefined,
  metrics: AwaitedRelease["metrics"],
  ...phases: readonly AnalysisPhase[]
): readonly MetricFinding[] {
  return (run?.status?.metricResults ?? [])
    .filter(({ dryRun, phase }) => dryRun !== true && (phases.length === 0 || phases.includes(phase)))
    .flatMap((result) => findingOf(result, metrics) ?? []);
}

/**
 * The finding of a metric: its last bad measurement if the metric ended badly, otherwise its last one; nothing before
 * the first.
 */
export function findingOf(result: MetricResult, metrics: AwaitedRelease["metrics"]): MetricFinding | undefined {
  const measurements = result.measurements ?? [];
  const last = measurements.findLast(({ phase }) => phase === result.phase) ?? measurements.at(-1);
  if (last === undefined) return undefined;
  const { words, unit } = metrics[result.name] ?? {};
  const { count = 0, failed = 0, inconclusive = 0, error = 0 } = result;
  return {
    metric: result.name,
    unanswered: last.phase === "Error",
    value: valueInWords(last.value, unit),
    mustBe: words,
    times: count + error,
    bad: failed + inconclusive + error,
    message: last.message ?? result.message,
  };
}

/**
 * Compares an aborted release with what the stable version demands. The canary Service's selector changes to and fro
 * while the canary's pods are there: the controller sets it for both at each turn. At weight 0 nobody is sent there.
 */
export function wayBack(objects: RolloutObjects, awaited: AwaitedRelease): WayBack {
  const stable = objects.rollout.status?.stableRS ?? "";
  return {
    traffic: [
      ...weight(objects.rollout, awaited),
      ...weightField(objects, awaited),
      ...selector(awaited.canaryService, objects.canaryService, stable),
      ...selector(awaited.stableService, objects.stableService, stable),
    ],
    pods: [...stablePods(objects, stable), ...(awaited.scaleDownSeconds === 0 ? [] : canaryPods(objects, stable))],
  };
}

function weight({ status }: Rollout, { name }: AwaitedRelease): string[] {
  const is = status?.canary?.weights?.canary.weight ?? 0;
  return is === 0 ? [] : [`Rollout ${name}: status.canary.weights.canary.weight is ${is}, should be 0`];
}

/** A canary Ingress is made by the controller, and without one there is no weight; every other object is declared. */
function weightField({ weightObject }: RolloutObjects, { weight }: AwaitedRelease): string[] {
  if (weight === undefined || (weightObject === undefined && weight.kind === "Ingress")) return [];
  return weightIn(weightObject, weight);
}

function wayBackComplete(
  { spec, status }: Rollout,
  { stableService, canaryService, scaleDownSeconds }: AwaitedRelease,
): string {
  const canary =
    scaleDownSeconds === 0 ? "the canary's left running (abortScaleDownDelaySeconds is 0)" : "none of the canary";
  const selectors =
    stableService && canaryService
      ? `selectors of ${stableService} and ${canaryService} at ${status?.stableRS ?? ""}, `
      : "";
  return `way back complete: weight 0, ${selectors}${spec.replicas ?? 1} stable replicas available, ${canary}`;
}

function selector(name: string | undefined, service: Service | undefined, stable: string): string[] {
  if (name === undefined) return [];
  if (service === undefined)
    return [`Service ${name}: is not there, should select the stable pods (${hashLabel}: ${stable})`];
  const is = service.spec?.selector?.[hashLabel];
  return is === stable
    ? []
    : [`Service ${name}: spec.selector.${hashLabel} is ${is ?? "not set"}, should be ${stable}`];
}

const hashOf = ({ metadata }: ReplicaSet) => metadata?.labels?.[hashLabel];

const ownedBy = (rollout: Rollout) => (set: ReplicaSet) =>
  set.metadata?.ownerReferences?.some(({ uid }) => uid === rollout.metadata.uid) ?? false;

function stablePods({ rollout, replicaSets }: RolloutObjects, stable: string): string[] {
  const wanted = rollout.spec.replicas ?? 1;
  const set = replicaSets.filter(ownedBy(rollout)).find((each) => hashOf(each) === stable);
  if (set === undefined)
    return [`stable ReplicaSet (${hashLabel}: ${stable}): is not there, should have ${wanted} available replicas`];
  const is = set.status?.availableReplicas ?? 0;
  return is >= wanted
    ? []
    : [`stable ReplicaSet ${set.metadata?.name}: status.availableReplicas is ${is}, should be ${wanted}`];
}

function canaryPods({ rollout, replicaSets }: RolloutObjects, stable: string): string[] {
  return replicaSets
    .filter(ownedBy(rollout))
    .filter((set) => hashOf(set) !== stable && (set.spec?.replicas ?? 1) > 0)
    .map((set) => `canary ReplicaSet ${set.metadata?.name}: spec.replicas is ${set.spec?.replicas ?? 1}, should be 0`);
}
