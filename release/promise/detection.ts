import { randomLcg, randomPoisson } from "d3-random";
import { leastBetween } from "../bisection";
import { atLeast, fewer } from "./binomial";
import { failing, shortestSpan, timeToFail, type Circumstances, type FailedChecks } from "./worstCase";
import { received } from "../plan";

/** A step is to see a fault with this probability before it ends. */
export const power = 0.9;

/**
 * The smallest share of failed requests that a step (counted from 0) sees before its hold is over; nothing if it sees
 * none.
 */
export function smallestSeen(plan: Circumstances, step: number): number | undefined {
  const hold = plan.steps[step]?.hold ?? 0;
  const longest = hold === "until promoted" ? Number.MAX_VALUE : hold;
  const seen = (share: number) => timeToSee(plan, step, share) <= longest;
  if (!seen(1)) return undefined;
  return leastBetween(plan.threshold, 1, 11, seen);
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
 * The probability that a healthy version, which fails `errorRate` of its requests, is taken back by chance: for failed
 * requests, or, from a step (counted from 0) on, for too few of them. Where each metric tolerates failures of its own,
 * the two probabilities add up; where all metrics share the tolerated ones, so do the failures. Measurements whose
 * windows do not overlap are independent, and are added up exactly. Others are simulated, the same each time; where
 * Markov's inequality says that too few fail to matter, or the plan is too long, its bound is the answer.
 */
export function abortedByChance(
  plan: Circumstances,
  errorRate: number,
  tooFewFailFrom = Infinity,
  toleratedFor: FailedChecks["toleratedFor"] = "each metric",
): number {
  const reasons = [
    forErrors(plan, errorRate),
    ...(tooFewFailFrom < plan.steps.length ? [forTooFew(plan, tooFewFailFrom)] : []),
  ];
  const counted = toleratedFor === "all metrics together" ? [reasons] : reasons.map((reason) => [reason]);
  return Math.min(
    1,
    counted.reduce((sum, together) => sum + byChance(plan, together), 0),
  );
}

/** One way to fail a measurement. */
interface Reason {
  /** The mean number of what is counted among so many requests. */
  readonly expected: (requests: number) => number;
  /** The probability that a measurement of a step fails which sees so many requests, if they are counted once. */
  readonly fails: (requests: number, step: number) => number;
  /** The same of a measurement whose window begins before the canary, where that matters. */
  readonly failsEarly?: (requests: number) => number;
  /** Which of the simulated stretches of time end with a measurement that fails. */
  readonly failedAt: (slots: readonly Slot[], inWindow: number) => readonly boolean[];
}

/** The time from one measurement to the next: the requests that are expected in it, and what was counted of them. */
interface Slot {
  readonly step: number;
  readonly requests: number;
  readonly counted: number;
}

/** Too many requests fail. The very first error is never seen: it begins the series, whose increase is what counts. */
function forErrors(plan: Circumstances, errorRate: number): Reason {
  return {
    expected: (requests) => requests * errorRate,
    fails: (requests) => (requests > 0 ? atLeast(Math.max(1, failing(requests, plan)), requests, errorRate) : 0),
    failedAt(slots, inWindow) {
      const first = slots.findIndex(({ counted }) => counted > 0);
      const seen = slots.map(({ counted }, index) => counted - (index === first ? 1 : 0));
      const [requests, errors] = [
        sums(
          slots.map((slot) => slot.requests),
          inWindow,
        ),
        sums(seen, inWindow),
      ];
      return errors.map((count, index) => count > 0 && count >= failing(requests[index] ?? 0, plan));
    },
  };
}

/**
 * There are fewer requests than the canary can be judged by, in a step in which that takes it back. Those before the
 * first scrape are never seen.
 */
function forTooFew(plan: Circumstances, fromStep: number): Reason {
  const least = plan.leastRequestRate * shortestSpan(plan) - 1e-9;
  const unseen = Math.round(plan.scrapeInterval / plan.interval);
  const counts = (step: number) => step >= fromStep;
  const fails = (requests: number, step: number) => (counts(step) ? fewer(Math.ceil(least), requests) : 0);
  return {
    expected: (requests) => requests,
    fails,
    failsEarly: (requests) => fails(requests, 0),
    failedAt: (slots, inWindow) =>
      sums(
        slots.map(({ counted }, index) => (index < unseen ? 0 : counted)),
        inWindow,
      ).map((requests, index) => counts(slots[index]?.step ?? 0) && requests < least),
  };
}

/** The sums of so many numbers up to each. */
function sums(numbers: readonly number[], of: number): readonly number[] {
  let sum = 0;
  return numbers.map((number, index) => (sum += number - (numbers[index - of] ?? 0)));
}

/** A measurement fails for any of the reasons, and counts once. */
function byChance(plan: Circumstances, reasons: readonly Reason[]): number {
  const measured = measurements(plan, reasons);
  if (plan.window <= plan.interval) return byDistribution(measured, plan.failuresTolerated);
  const expected =
    total(measured, ({ count, fails }) => count * fails) +
    total(reasons, (reason) => earlyFailures(plan, measured, reason));
  const bound = Math.min(1, expected / (plan.failuresTolerated + 1));
  return bound < negligible ? bound : (bySimulation(measured, plan, reasons) ?? bound);
}

const total = <Each>(all: readonly Each[], value: (each: Each) => number) =>
  all.reduce((sum, each) => sum + value(each), 0);

/** Less than a simulation can tell: it says one in its number of runs where none is taken back. */
export const negligible = 1e-4;

/**
 * How many measurements fail at most of those whose window begins before the canary: the first one sees the fewest
 * requests.
 */
function earlyFailures(plan: Circumstances, measured: readonly Measurements[], { failsEarly }: Reason): number {
  const { window, interval, schedule, scrapeInterval } = plan;
  const count = Math.max(0, Math.ceil((window - schedule.first) / interval));
  const requests =
    (measured[0]?.rate ?? 0) * Math.min(Math.max(0, schedule.first - scrapeInterval), shortestSpan(plan));
  return count * (failsEarly?.(Math.floor(requests)) ?? 0);
}

interface Measurements {
  readonly count: number;
  /** Requests per second that the canary gets. */
  readonly rate: number;
  /** The probability that one of them fails, at most. */
  readonly fails: number;
}

/** The measurements of each step; one that waits for a person is counted with a single one. */
function measurements(plan: Circumstances, reasons: readonly Reason[]): readonly Measurements[] {
  const { steps, schedule, interval, requestRate } = plan;
  let [begin, taken] = [0, 0];
  return steps.map((step, index) => {
    begin = step.hold === "until promoted" ? Math.max(begin + interval, schedule.first) : begin + step.hold;
    const until = Math.max(taken, Math.floor((begin - schedule.first) / interval) + 1);
    const count = until - taken;
    taken = until;
    const rate = requestRate * received(step);
    const requests = Math.min(Math.floor(rate * shortestSpan(plan)), 1e6);
    return {
      count,
      rate,
      fails: Math.min(
        1,
        total(reasons, ({ fails }) => fails(requests, index)),
      ),
    };
  });
}

/** The distribution of the number of failed measurements, step by step, up to the tolerated number. */
function byDistribution(measured: readonly Measurements[], tolerated: number): number {
  const numbers = Array.from({ length: tolerated + 1 }, (_, number) => number);
  const kept = measured.reduce<readonly number[]>(
    (before, { count, fails }) => {
      const more = numbers.map((number) => atLeast(number, count, fails) - atLeast(number + 1, count, fails));
      return numbers.map((number) =>
        numbers.slice(0, number + 1).reduce((sum, some) => sum + (before[number - some] ?? 0) * (more[some] ?? 0), 0),
      );
    },
    numbers.map((number) => (number === 0 ? 1 : 0)),
  );
  return Math.max(0, 1 - kept.reduce((sum, chance) => sum + chance, 0));
}

const [mostRuns, leastRuns, mostDraws] = [1000, 100, 200_000];

/**
 * What is counted comes at random in the time from one measurement to the next; a window sees that of some such times.
 * Nothing where the plan is too long to be simulated often enough.
 */
function bySimulation(
  measured: readonly Measurements[],
  plan: Circumstances,
  reasons: readonly Reason[],
): number | undefined {
  const { schedule, interval, failuresTolerated } = plan;
  const unmeasured = Math.max(0, Math.round(schedule.first / interval) - 1);
  const inWindow = Math.max(1, Math.round(shortestSpan(plan) / interval));
  const slots = unmeasured + total(measured, ({ count }) => count);
  const runs = Math.min(mostRuns, Math.floor(mostDraws / (slots * reasons.length)));
  if (runs < leastRuns) return undefined;
  const poisson = randomPoisson.source(randomLcg(0.5));
  const before = { count: unmeasured, rate: measured[0]?.rate ?? 0, step: 0 };
  const stretches = [before, ...measured.map((each, step) => ({ ...each, step }))].map(({ count, rate, step }) => {
    const requests = (rate * shortestSpan(plan)) / inWindow;
    return { count, step, requests, draws: reasons.map(({ expected }) => poisson(expected(requests))) };
  });
  const drawn = (reason: number) =>
    stretches.flatMap(({ count, step, requests, draws }) =>
      Array.from({ length: count }, () => ({ step, requests, counted: draws[reason]?.() ?? 0 })),
    );
  let aborted = 0;
  for (let run = 0; run < runs; run++) {
    const failed = reasons.map(({ failedAt }, index) => failedAt(drawn(index), inWindow));
    const failures = Array.from({ length: slots }, (_, slot) => failed.some((at) => at[slot])).slice(unmeasured);
    if (failures.filter(Boolean).length > failuresTolerated) aborted += 1;
  }
  return Math.max(1, aborted) / runs;
}
