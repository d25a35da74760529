import { confidence, exposure, type Circumstances, type Exposure, type FailedChecks, type Schedule } from "./worstCase";
import { failsWithoutDataFrom, neededRate, passesWithoutData } from "../metrics/metrics";
import { aligned, type Step } from "../plan";
import { abortedByChance, holdToSee, negligible, power, smallestSeen } from "./detection";
import type { ReleaseSettings } from "../settings";
import { formatDuration, formatNumber, formatPercent } from "../units";

/** Shares of failed requests that a promise is made for. */
export const shares = [0.01, 0.05, 0.2, 1] as const;

/** What one step can see, and the worst case of a fault that begins with it, for each of the `shares`. */
export interface StepPromise {
  readonly step: Step;
  /** The smallest share of failed requests that it sees in its own time; nothing if it sees none. */
  readonly sees?: number;
  /** The hold, in seconds, with which it would see a fault of twice the threshold; nothing if it does. */
  readonly wouldNeed?: number;
  readonly worst: readonly Exposure[];
}

/** How bad a bad release can get, as numbers with their confidence. */
export interface PlanPromise {
  readonly steps: readonly StepPromise[];
  /** Probability that a healthy version is taken back by chance. */
  readonly abortedByChance: number;
  /** Bad requests that the month's objective allows. */
  readonly errorBudget: number;
}

/** What is assumed of the controller and the router, in seconds; it is said where the numbers are shown. */
export const lags = { query: 1, controller: 3, router: 2 } as const;

/** How a controller judges. */
export interface ControllerJudgement {
  /** When it measures, and how soon it acts; nothing where nobody does between two ups. */
  readonly schedule?: Schedule;
  readonly failedChecks: FailedChecks;
}

/** Why a release's plan makes no promise, as the end of a sentence; nothing where it makes one. */
export function whyNoPromise(
  { traffic, thresholds }: ReleaseSettings,
  { schedule }: ControllerJudgement,
): string | undefined {
  if (schedule === undefined) return "unbounded, since nobody acts between two ups";
  if (traffic.requestRate === undefined)
    return "not known without traffic.requestRate, the rate of all requests at their peak";
  if (thresholds.errorRate.fail === undefined)
    return "not known without thresholds.errorRate.fail: of timesStable alone nobody knows at which error rate a version is taken back";
  return undefined;
}

/** The promise of a release's plan; nothing where `whyNoPromise` says why there is none. */
export function promiseOf(
  settings: ReleaseSettings,
  { schedule, failedChecks }: ControllerJudgement,
): PlanPromise | undefined {
  const { steps, traffic, thresholds, judgement, prometheus } = settings;
  const threshold = thresholds.errorRate.fail;
  if (traffic.requestRate === undefined || schedule === undefined || threshold === undefined) return undefined;
  const { equalFails, toleratedFor } = failedChecks;
  const plan: Circumstances = {
    steps,
    schedule,
    interval: judgement.interval,
    requestRate: traffic.requestRate,
    threshold,
    equalFails,
    failuresTolerated: judgement.failuresTolerated,
    window: judgement.window,
    scrapeInterval: prometheus.scrapeInterval,
    leastRequestRate: passesWithoutData(judgement) ? 0 : judgement.leastRequestRate,
  };
  return {
    steps: steps.map((step, index) => stepPromise(plan, step, index)),
    abortedByChance: abortedByChance(plan, traffic.errorRate, failsWithoutDataFrom(judgement), toleratedFor),
    errorBudget: errorBudget(traffic.requestRate, traffic.objective),
  };
}

const month = 30 * 24 * 3600;

/** Bad requests that an objective, the share of requests that are to succeed, allows in a month. */
export const errorBudget = (requestRate: number, objective: number) => requestRate * month * (1 - objective);

function stepPromise(plan: Circumstances, step: Step, index: number): StepPromise {
  const sees = smallestSeen(plan, index);
  const claimed = Math.min(1, 2 * plan.threshold);
  const needs =
    step.hold !== "until promoted" && (sees === undefined || sees > claimed)
      ? holdToSee(plan, index, claimed)
      : undefined;
  return {
    step,
    ...(sees !== undefined && { sees }),
    ...(needs !== undefined && { wouldNeed: needs }),
    worst: shares.map((share) => exposure(plan, index, share)),
  };
}

/** A promise for people. */
export interface PromiseInWords {
  /** What the numbers are. */
  readonly title: string;
  /** What each step sees, and its worst case for each of the `shares`. */
  readonly steps: readonly { readonly sees: string; readonly worst: readonly string[] }[];
  /** The worst of all steps, for each of the `shares`, as a share of `budgetTitle`. */
  readonly ofBudget: readonly string[];
  /** What else to know of the numbers, and what they rest on. */
  readonly notes: readonly string[];
}

export const budgetTitle = "of the month's error budget";

export function promiseInWords(promise: PlanPromise, settings: ReleaseSettings): PromiseInWords {
  const mostOf = (column: number) => Math.max(...promise.steps.map(({ worst }) => worst[column]?.badRequests ?? 0));
  return {
    title: `a version that fails from a step on is back at weight 0 within this time, with at most so many bad requests (${formatPercent(confidence)} sure)`,
    steps: promise.steps.map(({ sees, worst }) => ({ sees: seesInWords(sees), worst: worst.map(exposureInWords) })),
    ofBudget: shares.map((_, column) =>
      Number.isFinite(mostOf(column)) ? roundedPercent(mostOf(column) / promise.errorBudget) : unbounded,
    ),
    notes: notes(promise, settings),
  };
}

function notes({ steps, abortedByChance }: PlanPromise, settings: ReleaseSettings): readonly string[] {
  const { traffic, thresholds } = settings;
  const requestRate = traffic.requestRate ?? 0;
  const byChance =
    abortedByChance < negligible ? `less than ${formatPercent(negligible)}` : roundedPercent(abortedByChance);
  return [
    ...steps.flatMap(({ wouldNeed, sees }, index) =>
      wouldNeed === undefined
        ? []
        : `step ${index + 1} is too short to surely see ${formatPercent(Math.min(1, 2 * (thresholds.errorRate.fail ?? 0.5)))} of errors, twice its threshold: it sees ${seesInWords(sees)}${sees === undefined ? "" : " and more"}; a hold of ${formatDuration(wouldNeed)} would`,
    ),
    ...enoughRequests(settings, requestRate),
    `a healthy version, with ${formatPercent(traffic.errorRate)} of errors, is taken back by chance in ${byChance} of its releases`,
    `assumes at most ${formatNumber(requestRate)} requests/s that come at random, times at that rate; answers of Prometheus within ${lags.query}s, of the controller within ${lags.controller}s, of the router within ${lags.router}s; "sees" is in the step's own time, with a probability of at least ${formatPercent(power)}`,
  ];
}

/** The promise as lines: a table of the worst cases, and below it the notes. */
export function promiseLines({ title, steps, ofBudget, notes }: PromiseInWords): readonly string[] {
  return [
    `${title}:`,
    ...aligned([
      ["from", "sees", ...shares.map((share) => `${formatPercent(share)} bad`)],
      ...steps.map(({ sees, worst }, index) => [`step ${index + 1}`, sees, ...worst]),
      [budgetTitle, "", ...ofBudget],
    ]),
    ...notes,
  ];
}

/** How many requests the first step needs to be judged, and each further one that does not get as many. */
function enoughRequests({ steps, judgement }: ReleaseSettings, requestRate: number): readonly string[] {
  return steps.flatMap((step, index) => {
    const needed = neededRate(step, judgement);
    if (needed === 0 || (index > 0 && requestRate >= needed)) return [];
    const then = index >= failsWithoutDataFrom(judgement) ? "is taken back" : "holds for a person";
    return `step ${index + 1} needs ${formatNumber(needed)} requests/s of all users to be judged${requestRate < needed ? ` and gets at most ${formatNumber(requestRate)}` : ""}; with fewer the release ${then}`;
  });
}

/** The smallest share of errors that a step sees: "6.3 %", or "none". */
function seesInWords(sees: number | undefined): string {
  return sees === undefined ? "none" : formatPercent(Math.ceil(sees * 1000) / 1000);
}

/** A worst case: "2m21s, 706". */
const exposureInWords = (worst: Exposure) => `${untilBackInWords(worst)}, ${badRequestsInWords(worst)}`;

export const untilBackInWords = ({ seconds }: Exposure) =>
  seconds === undefined ? "not surely" : formatDuration(Math.ceil(seconds));

export const badRequestsInWords = ({ badRequests }: Exposure) =>
  Number.isFinite(badRequests) ? `${badRequests}` : unbounded;

/** The requests of a step that waits for a person. */
const unbounded = "unbounded";

const roundedPercent = (share: number) => formatPercent(Number(share.toPrecision(2)));
