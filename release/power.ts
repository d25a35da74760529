import { randomLcg, randomPoisson } from "d3-random";
import { atLeast } from "./binomial";
import { failing, received, shortestSpan, timeToFail, type Circumstances } from "./exposure";

/** A step is to see a fault with this probability before it ends. */
export const power = 0.9;

/** The smallest share of failed requests that a step (counted from 0) sees before its hold is over; nothing if it sees none. */
export function smallestSeen(plan: Circumstances, step: number): number | undefined {
  const hold = plan.steps[step]?.hold ?? 0;
  const longest = hold === "until promoted" ? Number.MAX_VALUE : hold;
  const seen = (share: number) => timeToSee(plan, step, share) <= longest;
  if (!seen(1)) return undefined;
  let [low, high] = [plan.threshold, 1];
  while (high - low > 0.0005) {
    const middle = (low + high) / 2;
    if (seen(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Seconds that a step's hold needs to see a share of failed requests; nothing where no hold of a week suffices. */
export function holdToSee(plan: Circumstances, step: number, share: number): number | undefined {
  const needed = Math.ceil(timeToSee(plan, step, share));
  return needed <= week ? needed : undefined;
}

const week = 7 * 24 * 3600;

/** Seconds from a step's begin until it has seen a fault that begins with it. */
function timeToSee(plan: Circumstances, step: number, share: number): number {
  const { waits, sees } = timeToFail(plan, step, share, 1 - power);
  return waits + sees;
}

/**
 * The probability that a healthy version, which fails `errorRate` of its requests, is taken back by chance. Measurements
 * whose windows do not overlap are independent, and are added up exactly. Others are simulated, the same each time, where
 * Markov's inequality does not say that there are too few failed ones to matter; it is the bound for plans too long for that.
 */
export function abortedByChance(plan: Circumstances, errorRate: number): number {
  const measured = measurements(plan, errorRate);
  if (plan.window <= plan.interval) return byDistribution(measured, plan.failuresTolerated);
  const bound = Math.min(1, measured.reduce((sum, { count, fails }) => sum + count * fails, 0) / (plan.failuresTolerated + 1));
  return bound < negligible ? bound : (bySimulation(measured, plan, errorRate) ?? bound);
}

/** Less than a simulation can tell: it says one in its number of runs where none is taken back. */
export const negligible = 1e-4;

interface Measurements {
  readonly count: number;
  /** Requests per second that the canary gets. */
  readonly rate: number;
  /** The probability that one of them fails. */
  readonly fails: number;
}

/** The measurements of each step; one that waits for a person is counted with a single one. */
function measurements(plan: Circumstances, errorRate: number): readonly Measurements[] {
  const { steps, schedule, interval, requestRate, threshold } = plan;
  let [begin, taken] = [0, 0];
  return steps.map((step) => {
    begin = step.hold === "until promoted" ? Math.max(begin + interval, schedule.first) : begin + step.hold;
    const until = Math.max(taken, Math.floor((begin - schedule.first) / interval) + 1);
    const count = until - taken;
    taken = until;
    const rate = requestRate * received(step);
    const requests = Math.min(Math.floor(rate * shortestSpan(plan)), 1e6);
    return { count, rate, fails: requests > 0 ? atLeast(Math.max(1, failing(requests, threshold)), requests, errorRate) : 0 };
  });
}

/** The distribution of the number of failed measurements, step by step, up to the tolerated number. */
function byDistribution(measured: readonly Measurements[], tolerated: number): number {
  const numbers = Array.from({ length: tolerated + 1 }, (_, number) => number);
  const kept = measured.reduce<readonly number[]>((before, { count, fails }) => {
    const more = numbers.map((number) => atLeast(number, count, fails) - atLeast(number + 1, count, fails));
    return numbers.map((number) => numbers.slice(0, number + 1).reduce((sum, some) => sum + (before[number - some] ?? 0) * (more[some] ?? 0), 0));
  }, numbers.map((number) => (number === 0 ? 1 : 0)));
  return Math.max(0, 1 - kept.reduce((sum, chance) => sum + chance, 0));
}

const [mostRuns, leastRuns, mostDraws] = [1000, 100, 200_000];

/**
 * Errors come at random in the time from one measurement to the next; a window sees those of some such times. The very
 * first one is never seen: it begins the series, whose increase is what counts.
 */
function bySimulation(measured: readonly Measurements[], plan: Circumstances, errorRate: number): number | undefined {
  const { schedule, interval, failuresTolerated } = plan;
  const unmeasured = Math.max(0, Math.round(schedule.first / interval) - 1);
  const inWindow = Math.max(1, Math.round(shortestSpan(plan) / interval));
  const slots = unmeasured + measured.reduce((sum, { count }) => sum + count, 0);
  const runs = Math.min(mostRuns, Math.floor(mostDraws / slots));
  if (runs < leastRuns) return undefined;
  const poisson = randomPoisson.source(randomLcg(0.5));
  const perSlot = [{ count: unmeasured, rate: measured[0]?.rate ?? 0 }, ...measured].flatMap(({ count, rate }) => {
    const requests = (rate * shortestSpan(plan)) / inWindow;
    const errors = poisson(requests * errorRate);
    return Array.from({ length: count }, () => ({ requests, errors }));
  });
  let aborted = 0;
  for (let run = 0; run < runs; run++) {
    const drawn = perSlot.map(({ requests, errors }) => ({ requests, errors: errors() }));
    if (failures(drawn, inWindow, unmeasured, plan.threshold) > failuresTolerated) aborted += 1;
  }
  return Math.max(1, aborted) / runs;
}

function failures(slots: readonly { readonly requests: number; readonly errors: number }[], inWindow: number, unmeasured: number, threshold: number): number {
  const first = slots.findIndex(({ errors }) => errors > 0);
  const seen = (index: number) => (slots[index]?.errors ?? 0) - (index >= 0 && index === first ? 1 : 0);
  let [count, requests, errors] = [0, 0, 0];
  slots.forEach((slot, index) => {
    requests += slot.requests - (slots[index - inWindow]?.requests ?? 0);
    errors += seen(index) - seen(index - inWindow);
    if (index >= unmeasured && errors > 0 && errors >= failing(requests, threshold)) count += 1;
  });
  return count;
}
