// What the bench of bad releases compares: kinds of bad versions, and who has to take them back under which settings.
import { describeRelease } from "../manifests/describe";
import type { Exposure } from "../release/promise/worstCase";
import { promiseOf, shares } from "../release/promise/promise";
import type { ReleaseArgs } from "../release/settings";
import { demoRelease } from "../sandbox/demonstration/demoRelease";

/** All requests of an application's users, in each second. */
export const requestsPerSecond = 100;
const replicas = 2;
/** More than a canary's pod gets at the first weight, fewer than at the highest ones. */
const mostPerPod = 20;

/** A way in which a version is bad. */
export interface Kind {
  readonly name: string;
  readonly words: string;
  /** Share of its answers that are bad, once it is. */
  readonly share: number;
  /** Seconds that each answer takes, where that is what is bad. */
  readonly slow?: number;
  /** What its version says, for an application whose first weight is held for so many seconds. */
  readonly behaviour: (firstHold: number) => string;
  /** The step (counted from 0) that it is bad from. */
  readonly from: (contender: Contender) => number;
}

const fromTheStart = () => 0;

export const kinds: readonly Kind[] = [
  { name: "errors-5", words: "5 % errors", share: 0.05, behaviour: () => "errors-5", from: fromTheStart },
  { name: "errors-20", words: "20 % errors", share: 0.2, behaviour: () => "errors-20", from: fromTheStart },
  { name: "errors-100", words: "100 % errors", share: 1, behaviour: () => "errors-100", from: fromTheStart },
  { name: "slow", words: "answers after 1.5s", share: 1, slow: 1.5, behaviour: () => "slow-1500", from: fromTheStart },
  {
    name: "later",
    words: "20 % errors from the second step on",
    share: 0.2,
    behaviour: (firstHold) => `errors-20-after-${firstHold + 3}`,
    from: () => 1,
  },
  {
    name: "overloaded",
    words: `errors where a pod gets more than ${mostPerPod} requests/s`,
    share: 0.2,
    behaviour: () => `overloaded-${mostPerPod}`,
    from: ({ steps, podsAt }) =>
      steps.findIndex(({ weight }) => (requestsPerSecond * weight) / 100 / podsAt(weight) > mostPerPod),
  },
];

/** Who takes bad versions back. */
export interface Contender {
  readonly name: "ours" | "flagger" | "flagger-documented" | "argo-documented";
  readonly words: string;
  readonly steps: readonly { readonly weight: number; readonly hold: number }[];
  /** The canary's pods at a weight. */
  readonly podsAt: (weight: number) => number;
  /** The share of errors that it lets pass, and whether it looks at latency at all. */
  readonly tolerates: { readonly errors: number; readonly slow: boolean };
  /** What the release differs in from the common one; its analysis is another's where the promise is not ours. */
  readonly change: Partial<ReleaseArgs>;
  readonly promises: boolean;
}

const ourSteps = [{ weight: 5, hold: 50 }, ...[25, 50, 100].map((weight) => ({ weight, hold: 30 }))];
const inWords = (steps: Contender["steps"]) => steps.map(({ weight, hold }) => `${weight} % for ${hold}s`).join(", ");
const byWeight = (weight: number) => Math.ceil((replicas * weight) / 100);
const allAtOnce = () => replicas;

const ourThresholds = "errors below 1 %, p95 below 1s, 2 failed measurements of a metric tolerated";
const flaggerSteps = [10, 20, 30, 40, 50].map((weight) => ({ weight, hold: 10 }));
const argoSteps = [20, 40, 60, 80].map((weight) => ({ weight, hold: 20 }));

export const contenders: readonly Contender[] = [
  {
    name: "ours",
    words: `CanaryRelease with Argo Rollouts: ${inWords(ourSteps)}; ${ourThresholds}; measured every 1s over 15s, from 8s on`,
    steps: ourSteps,
    podsAt: byWeight,
    tolerates: { errors: 0.01, slow: false },
    change: { controller: "argo-rollouts", router: "nginx" },
    promises: true,
  },
  {
    name: "flagger",
    words: `the same release with Flagger, every 10s over 10s, which is its floor: the same steps and thresholds`,
    steps: ourSteps,
    podsAt: allAtOnce,
    tolerates: { errors: 0.01, slow: false },
    change: { controller: "flagger", router: "traefik" },
    promises: true,
  },
  {
    name: "flagger-documented",
    words:
      "Flagger as its tutorial for Istio has it, but every 10s for 1m: threshold 5, stepWeight 10, maxWeight 50, request-success-rate at least 99 % over 1m, request-duration (p99) at most 500ms over 30s",
    steps: flaggerSteps,
    podsAt: allAtOnce,
    tolerates: { errors: 0.01, slow: false },
    change: { controller: "flagger", router: "traefik" },
    promises: false,
  },
  {
    name: "argo-documented",
    words:
      "Argo Rollouts with the analysis of its documentation, thirty times as fast (10m and 5m become 20s and 10s): 20, 40, 60, 80 %, from 40 % on success-rate of the canary at least 95 %, failureLimit 3, irate over 10s every 10s",
    steps: argoSteps,
    podsAt: byWeight,
    tolerates: { errors: 0.05, slow: true },
    change: { controller: "argo-rollouts", router: "traefik" },
    promises: false,
  },
];

/** Whether a contender's own bounds are exceeded. */
export function mustAbort({ tolerates }: Contender, { share, slow }: Kind): boolean {
  return slow === undefined ? share > tolerates.errors : !tolerates.slow;
}

/** The release of a contender, without the analysis that others document. */
export function releaseArgs(
  { change, steps }: Contender,
  application: string,
  version: string,
  { prometheus, loadTester }: { readonly prometheus: string; readonly loadTester: string },
): ReleaseArgs {
  const interval = change.controller === "flagger" ? "10s" : "1s";
  return demoRelease(version, prometheus, {
    application,
    namespace: application,
    host: `${application}.example.com`,
    replicas,
    steps: steps.map(({ weight, hold }) => ({ weight, hold: `${hold}s` })),
    thresholds: { errorRate: "1%", latency: { p95: "1s" } },
    // The first measurements see few seconds of a window, whose rate is lower by as much.
    judgement: {
      interval,
      window: change.controller === "flagger" ? "10s" : "15s",
      initialDelay: "8s",
      failuresTolerated: 2,
      noData: "fail",
      leastRequestRate: "12/m",
    },
    traffic: { requestRate: `${requestsPerSecond}/s`, errorRate: "0%" },
    loadTester: { url: loadTester },
    ...change,
  });
}

/**
 * The most that a contender's plan promises for a kind; nothing where the analysis is another's. A 95th percentile
 * reaches its bound where 5 % of the answers do, and an answer that is under way at weight 0 comes as late as it is
 * slow.
 */
export function promised(contender: Contender, kind: Kind): Exposure | undefined {
  if (!contender.promises) return undefined;
  const { slow } = kind;
  const args = releaseArgs(contender, "shop", "v1", {
    prometheus: "http://127.0.0.1:9090",
    loadTester: "http://127.0.0.1:8093",
  });
  const { settings, schedule, failedChecks } = describeRelease(
    slow === undefined ? args : { ...args, thresholds: { errorRate: "5%" } },
  );
  const later = schedule && { ...schedule, untilBack: schedule.untilBack + (slow ?? 0) };
  const promise = promiseOf(settings, { failedChecks, ...(later && { schedule: later }) });
  return promise?.steps[kind.from(contender)]?.worst[shares.findIndex((share) => share === kind.share)];
}
