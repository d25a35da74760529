import { canaryKind } from "../../manifests/controllers/flagger";
import { formatDuration, parseDuration } from "../../release/units";
import type { AwaitedRelease } from "../awaited";
import type { ClusterReader } from "../cluster";
import { type MetricFinding, valueInWords } from "../findings";
import type { Canary, CanaryStatus } from "../types/flagger";
import type { Deployment, Event, LivePodTemplate } from "../types/kubernetes";
import type { Position, RunningRelease, Verdict } from "../verdict";
import { type WayBack, weightIn } from "../wayBack";
import { abortTakenBack } from "../words";

/** What is read of a release that Flagger runs; undefined for what is not there yet. */
export interface CanaryObjects {
  readonly canary: Canary;
  /** The Deployment that names the version to release. */
  readonly target: Deployment | undefined;
  /** Flagger's copy of it, which runs the stable version. */
  readonly primary: Deployment | undefined;
  readonly weightObject: object | undefined;
  /** What Flagger said; much of it is never written. */
  readonly events: readonly Event[];
}

export async function readCanary({ name }: AwaitedRelease, cluster: ClusterReader): Promise<CanaryObjects> {
  return {
    canary: await cluster.resource<Canary>(canaryKind, name),
    target: await cluster.deployment(name),
    primary: await cluster.deployment(`${name}-primary`),
    weightObject: await cluster.weightObject(),
    events: await cluster.events(canaryKind, name),
  };
}

/** A release that Flagger runs. */
export function canaryRelease(awaited: AwaitedRelease, read: () => Promise<CanaryObjects>): RunningRelease {
  return {
    verdict: async () => verdict(await read(), awaited),
    wayBack: async () => {
      const found = await read();
      if (found.canary.status?.phase !== "Failed") return abortTakenBack;
      const { name } = awaited;
      return {
        ...wayBack(found, awaited),
        complete: `way back complete: weight 0, ${found.primary?.spec?.replicas ?? 1} replicas of ${name}-primary available, none of ${name}`,
      };
    },
    versions: async () => {
      const { target, primary } = await read();
      return { asked: target?.spec?.template, runs: primary?.spec?.template };
    },
  };
}

/**
 * Reads the verdict from a Canary, its two Deployments and what Flagger said. A Canary does not tell which version its
 * status is about: it is about the target's if it changed after the target's template did, or if the primary runs that.
 */
export function verdict(found: CanaryObjects, awaited: AwaitedRelease): Verdict {
  const { canary, target } = found;
  const { status = {} } = canary;
  const { phase = "", canaryWeight = 0 } = status;
  const at = position(canaryWeight, awaited);
  const changed = templateChangedAt(target);
  const events = found.events
    .filter(({ lastTimestamp }) => time(lastTimestamp) > changed)
    .sort((a, b) => time(b.lastTimestamp) - time(a.lastTimestamp));
  const inProgress = (doing: string): Verdict => ({
    is: "in progress",
    at,
    doing,
    findings: failedNow(status, events, awaited),
  });
  const outsidePlan = (doing: string): Verdict => ({ is: "in progress", at: undefined, doing, findings: [] });

  if (phase === "") return outsidePlan("no controller has looked at the Canary yet: does Flagger run in this cluster?");
  if (phase === "Initializing")
    return outsidePlan(`first deploy, ${trouble(events) ?? "the stable version's pods start"}`);
  if (phase === "Promoting" || phase === "Finalising") return outsidePlan(trouble(events) ?? doing[phase]);
  const settled = phase === "Initialized" || phase === "Succeeded" || phase === "Failed";
  if (settled && canaryWeight === 0 && runsTarget(found))
    return { is: "promoted", firstDeploy: phase === "Initialized" };
  if (phase === "Initialized" || phase === "Succeeded" || !isAbout(status, changed)) {
    return outsidePlan(`Flagger has not seen the new version yet: it looks every ${intervalInWords(canary)}`);
  }
  if (phase === "Failed") {
    if (canaryWeight > 0)
      return {
        is: "stuck",
        at,
        message: `${trouble(events) ?? "the new version's pods did not start as the stable version"}.`,
      };
    return aborted(canary, events, awaited);
  }
  const hold = awaited.steps.find(({ weight }) => weight === canaryWeight && weight > 0)?.hold;
  if (phase === "Progressing" && hold === "until promoted") return { is: "waiting for promotion", at };
  const gate = phase === "Progressing" ? closedGate(events, status, awaited) : undefined;
  if (gate && gate.seconds + lookMs / 1000 >= Number(hold) + looksHeld * intervalSeconds(canary))
    return { is: "held", at, findings: [], message: gate.message };
  const held =
    hold === undefined
      ? "the canary's pods start"
      : `held ${gate ? `by its gate: ${gate.message}` : `for ${formatDuration(Number(hold))}`}`;
  return inProgress(trouble(events) ?? (phase === "Progressing" ? held : "waits for approval"));
}

const doing = {
  Promoting: "promoted, the stable version's pods take the new version",
  Finalising: "promoted, all requests go to the stable version's pods",
} as const;

function position(weight: number, { steps }: AwaitedRelease): Position {
  return {
    step: weight === 0 ? 0 : steps.findIndex((step) => step.weight === weight) + 1,
    steps: steps.length,
    weight,
  };
}

const time = (at: string | Date | undefined) => new Date(at ?? 0).getTime();

/** When somebody changed the target's pods last; Flagger itself changes the number alone. */
function templateChangedAt(target: Deployment | undefined): number {
  const entries = (target?.metadata?.managedFields ?? []).filter(({ fieldsV1 }) =>
    JSON.stringify(fieldsV1 ?? {}).includes('"f:template"'),
  );
  return Math.max(0, ...entries.map((entry) => time(entry.time)));
}

/** A look at the version before, begun when the target changed, may end so much later. */
const lookMs = 5000;

/**
 * Whether Flagger wrote the status after the target changed. Since when it is Failed says the condition: the status
 * itself is written at each look.
 */
function isAbout({ phase, lastTransitionTime, conditions }: CanaryStatus, changed: number): boolean {
  return time(phase === "Failed" ? conditions?.[0]?.lastUpdateTime : lastTransitionTime) > changed + lookMs;
}

/**
 * Whether the primary is a copy of the target: the same but for the suffix that Flagger gives to names, and its mark.
 */
function runsTarget({ target, primary }: CanaryObjects): boolean {
  return primary !== undefined && copied(target?.spec?.template) === copied(primary.spec?.template);
}

function copied(template: LivePodTemplate | undefined): string {
  return JSON.stringify(template ?? {}, (key, value: unknown) => {
    if (key === "flagger-id") return undefined;
    if (typeof value === "string") return value.replace(/-primary$/, "");
    return isMap(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
  });
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** An event's message; where a dozen were much alike, it begins with Kubernetes' own words. */
const said = ({ message = "" }: Event) => message.replace(/^\(combined from similar events\): /, "");

/** What Flagger said last, if it is a warning that no failed check, closed gate or rollback explains. */
function trouble([last]: readonly Event[]): string | undefined {
  if (last?.type !== "Warning") return undefined;
  const message = said(last);
  return /^(Rolling back|Canary failed!|Halt )|waiting for traffic increase approval/.test(message)
    ? undefined
    : message;
}

const approval = /waiting for traffic increase approval (\S+)$/;

/**
 * How many looks longer than its time a step is held before that is for a person: Prometheus may not have found the
 * pods at the first.
 */
const looksHeld = 2;

/**
 * What holds a step, and for how long after its weight, if a metric's gate was closed at the last look, in which others
 * may have been open.
 */
function closedGate(
  events: readonly Event[],
  { lastTransitionTime }: CanaryStatus,
  { metrics }: AwaitedRelease,
): { readonly message: string; readonly seconds: number } | undefined {
  const closed = events
    .filter(({ lastTimestamp }) => time(lastTimestamp) > time(events[0]?.lastTimestamp) - lookMs)
    .find((event) => approval.test(said(event)));
  const [, metric = ""] = approval.exec(closed ? said(closed) : "") ?? [];
  const { words } = metrics[metric] ?? {};
  const seconds = (time(closed?.lastTimestamp) - time(lastTransitionTime)) / 1000;
  return words === undefined || seconds <= 0
    ? undefined
    : { message: `${metric} must have data, and be ${words}`, seconds };
}

/** What a failed check found, out of Flagger's words for it; undefined for any other event. */
function findingOf(event: Event, bad: number, { metrics }: AwaitedRelease): MetricFinding | undefined {
  const message = said(event);
  const [, measured, value] = /^Halt \S+ advancement (\S+) (\S+) [<>] \S+$/.exec(message) ?? [];
  const [, empty] = /^Halt advancement no values found for custom metric: (\S+?):/.exec(message) ?? [];
  const [, failed, why] = /^Metric query failed for (\S+?): (.*)$/s.exec(message) ?? [];
  const [, external = ""] = /^Halt \S+ advancement external check (\S+) failed /.exec(message) ?? [];
  const [, test, unpassed] = /^Halt \S+ advancement pre-rollout check (\S+) failed (.*)$/s.exec(message) ?? [];
  const metric = measured ?? empty ?? failed ?? test ?? (external in metrics ? external : undefined);
  if (metric === undefined) return undefined;
  const { words, unit } = metrics[metric] ?? {};
  return {
    metric,
    unanswered: failed !== undefined,
    value: valueInWords(value, unit),
    mustBe: words,
    times: undefined,
    bad,
    message: why ?? unpassed,
  };
}

/** The check that failed last, if the status is about it already. */
function failedNow(
  { failedChecks = 0, lastTransitionTime }: CanaryStatus,
  events: readonly Event[],
  awaited: AwaitedRelease,
): readonly MetricFinding[] {
  if (failedChecks === 0) return [];
  const fresh = events.filter(({ lastTimestamp }) => time(lastTimestamp) > time(lastTransitionTime) - lookMs);
  return fresh.flatMap((event) => findingOf(event, failedChecks, awaited) ?? []).slice(0, 1);
}

/**
 * The reason is what Flagger said last before, at most an interval ago: a check that failed, or pods that did not
 * start.
 */
function aborted(canary: Canary, events: readonly Event[], awaited: AwaitedRelease): Verdict {
  const at = time(canary.status?.conditions?.[0]?.lastUpdateTime);
  const recent = events.filter(
    ({ type, lastTimestamp }) =>
      type === "Warning" && at - time(lastTimestamp) <= intervalSeconds(canary) * 1000 + lookMs,
  );
  const [, checks = "1"] =
    recent
      .map((event) => /failed checks threshold reached (\d+)/.exec(said(event)) ?? [])
      .find((match) => match.length > 0) ?? [];
  const reason = recent.find(
    (event) => !/^(Rolling back|Canary failed!)|waiting for traffic increase approval/.test(said(event)),
  );
  const found = reason && findingOf(reason, Number(checks), awaited);
  return {
    is: "aborted",
    findings: found ? [found] : [],
    message: reason
      ? said(reason)
      : "the reason is in Flagger's log: of what it says to Kubernetes much is never written, or kept for an hour",
    firstDeploy: false,
  };
}

const intervalSeconds = ({ spec }: Canary) => parseDuration(spec.analysis?.interval ?? "") ?? 60;
const intervalInWords = (canary: Canary) => formatDuration(intervalSeconds(canary));

/** What an aborted release has not brought back: requests first, then pods. */
export function wayBack(
  { canary, target, primary, weightObject }: CanaryObjects,
  { name, weight }: AwaitedRelease,
): WayBack {
  const is = canary.status?.canaryWeight ?? 0;
  const left = target?.spec?.replicas ?? 0;
  const wanted = primary?.spec?.replicas ?? 1;
  const available = primary?.status?.availableReplicas ?? 0;
  return {
    traffic: [
      ...(is === 0 ? [] : [`Canary ${name}: status.canaryWeight is ${is}, should be 0`]),
      ...(weight ? weightIn(weightObject, weight, "may be unset") : []),
    ],
    pods: [
      ...(available >= wanted
        ? []
        : [`Deployment ${name}-primary: status.availableReplicas is ${available}, should be ${wanted}`]),
      ...(left === 0 ? [] : [`Deployment ${name}: spec.replicas is ${left}, should be 0`]),
    ],
  };
}
