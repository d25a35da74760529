import { leastBetween, leastWhole } from "../bisection";
import { atLeast, fewer, mostHits } from "./binomial";
import { received, type Step } from "../plan";

/** When a controller measures, and how soon it acts; times in seconds. */
export interface Schedule {
  /** From the first weight to the first measurement, at most. */
  readonly first: number;
  /** From one measurement to the next, at most. */
  readonly every: number;
  /** From the measurement that fails the release until the router has weight 0, at most. */
  readonly untilBack: number;
  /** How much longer a weight is held in all, at most, where a failed measurement keeps it from rising. Default: 0. */
  readonly heldLonger?: number;
}

/** What a controller counts as a failed measurement, and what it counts the tolerated ones for. */
export interface FailedChecks {
  /** Whether a value that is equal to its threshold fails, where it must be below it. */
  readonly equalFails: boolean;
  /** "nothing" where none is tolerated; of all metrics together those that fail at one time count as one. */
  readonly toleratedFor: "each metric" | "all metrics together" | "nothing";
}

/** What the promise of a plan is worked out from; times in seconds, rates in requests per second, shares of 1. */
export interface Circumstances extends Pick<FailedChecks, "equalFails"> {
  readonly steps: readonly Step[];
  readonly schedule: Schedule;
  /** The shortest time between two measurements. */
  readonly interval: number;
  /** All requests of all users. */
  readonly requestRate: number;
  /** The error rate that a measurement fails at. */
  readonly threshold: number;
  readonly failuresTolerated: number;
  readonly window: number;
  readonly scrapeInterval: number;
  /** With fewer requests a canary is not judged by its errors; 0 where it always is. */
  readonly leastRequestRate: number;
}

/** The worst that a version can do which fails a share of its requests from one step on, at 99.9 % confidence. */
export interface Exposure {
  /** Seconds from its first bad request until it gets none; nothing where the plan's metrics do not surely catch it. */
  readonly seconds?: number;
  /** Bad requests until then, or in the whole rest of the plan: Infinity where that waits for a person. */
  readonly badRequests: number;
}

/** Half of the doubt is about when the fault is seen, the other half about how many requests fail until then. */
export const confidence = 0.999;
const doubt = (1 - confidence) / 2;

/** The worst case of a fault that begins with a step (counted from 0) and fails a share of the canary's requests. */
export function exposure(plan: Circumstances, fromStep: number, share: number): Exposure {
  const seconds = timeUntilBack(plan, fromStep, share);
  return { ...(seconds !== undefined && { seconds }), badRequests: mostBadRequests(plan, fromStep, share, seconds) };
}

/**
 * With fewer requests than declared a fault is seen later, so that the most bad requests may come at a lower rate: for
 * the rates between two, the time of the lower one and the requests of the higher one.
 */
function mostBadRequests(plan: Circumstances, fromStep: number, share: number, seconds: number | undefined): number {
  const late = firstBad(share, doubt / 10) / Math.min(...plan.steps.slice(fromStep).map(received));
  const bad = (requestRate: number, until: number | undefined) => {
    const time =
      until === undefined ? answeredToTheEnd(plan, fromStep) : answeredFor(plan, fromStep, until, late / requestRate);
    return mostHits(share * requestRate * time, 1 - doubt);
  };
  let [rate, most] = [plan.requestRate, bad(plan.requestRate, seconds)];
  for (const lower of lowerRates(plan, fromStep)) {
    // No rate has more bad requests than in the whole plan, and lower ones have fewer of those.
    const whole = bad(rate, undefined);
    if (whole <= most) return most;
    most = Math.max(
      most,
      bad(rate, lower > 0 ? timeUntilBack({ ...plan, requestRate: lower }, fromStep, share) : undefined),
    );
    rate = lower;
  }
  return most;
}

/** Rates of requests below the declared one, down to the least that a step is judged with. */
function lowerRates(plan: Circumstances, fromStep: number): readonly number[] {
  const least = (plan.leastRequestRate / receivedRate(plan, fromStep)) * plan.requestRate;
  const rates = Array.from({ length: 16 }, (_, index) => plan.requestRate / 2 ** (0.75 * (index + 1)));
  return [...rates.filter((rate) => rate > least), ...(least < plan.requestRate ? [least] : [])];
}

/**
 * Seconds from a fault's first bad request until weight 0, which are kept to but for the given doubt; nothing where the
 * plan may end before. A fault that its own step does not see is seen by a later one with more requests.
 */
function timeUntilBack(plan: Circumstances, fromStep: number, share: number): number | undefined {
  const { steps, schedule } = plan;
  let [best, begin] = [Infinity, 0];
  for (let step = fromStep; step < steps.length && begin < best; step++) {
    const { waits, sees } = timeToFail(plan, step, share, doubt);
    const back = sees + schedule.untilBack;
    if (waits + back <= duration(steps.slice(step, nextWithFewer(steps, step)))) best = Math.min(best, begin + back);
    begin += seconds(steps[step]?.hold ?? 0);
  }
  return Number.isFinite(best) ? best : undefined;
}

/** A step sees a fault as long as the canary gets no fewer requests. */
function nextWithFewer(steps: readonly Step[], from: number): number {
  const index = steps.findIndex((step, at) => at > from && received(step) < received(steps[from] ?? step));
  return index < 0 ? steps.length : index;
}

/** Requests by which the first bad one has come, but for the given doubt: the least n with (1 - share)^n <= doubt. */
function firstBad(share: number, doubt: number): number {
  return share >= 1 ? 1 : Math.ceil(Math.log(doubt) / Math.log1p(-share));
}

/**
 * What a fault takes in a step that lasts, in seconds: `waits` for its first bad request, and `sees` from that on until
 * more than the tolerated measurements have failed, but for the given doubt; Infinity where they never do. One
 * measurement falls into each stretch of `every`, wherever they begin. There are two ways to count them, and the sooner
 * one is taken: from the time on at which each of them surely fails (their doubts add up), or from the time on at which
 * the windows hold nothing from before the fault.
 */
export function timeToFail(
  plan: Circumstances,
  step: number,
  share: number,
  doubt: number,
): { readonly waits: number; readonly sees: number } {
  const { schedule, failuresTolerated, window, scrapeInterval, steps } = plan;
  const rate = receivedRate(plan, step);
  if (share <= plan.threshold || rate === 0) return { waits: 0, sees: Infinity };
  const [late, unseen] = [doubt / 10, doubt - doubt / 10];
  const begins = schedule.first - schedule.every - duration(steps.slice(0, step));
  const from = (time: number, measurements: number) => Math.max(time, begins) + measurements * schedule.every;
  const full = window + scrapeInterval;
  const passes = passesWhenFull(plan, rate, share);
  const sure = unseen / (failuresTolerated + 1);
  const early = passes <= sure ? from(whenSure(plan, step, share, sure), failuresTolerated + 1) : Infinity;
  return { waits: firstBad(share, late) / rate, sees: Math.min(early, from(full, enough(passes, plan, unseen))) };
}

/** Seconds from the first bad request on after which each measurement passes with a small probability at most. */
function whenSure(plan: Circumstances, step: number, share: number, passes: number): number {
  const [rate, before] = [receivedRate(plan, step), receivedRate(plan, step - 1)];
  return leastBetween(
    2 * plan.scrapeInterval,
    plan.window + plan.scrapeInterval,
    7,
    (time) => passesAt(plan, rate, before, share, time) <= passes,
  );
}

/**
 * How many measurements in a row it takes until more than the tolerated ones have failed, but for the given doubt. Each
 * passes with the given probability at most. Windows overlap, so that a measurement says something of the next one: it
 * cannot be counted as if they were independent. There are two ways to count; the one that needs fewer is taken.
 */
function enough(passes: number, plan: Circumstances, doubt: number): number {
  if (passes >= 1) return Infinity;
  return Math.min(enoughOfAny(passes, plan, doubt), enoughInGroups(passes, plan, doubt));
}

/**
 * However they depend on each other: of n measurements n x passes pass on average. If no more than the tolerated ones
 * fail, n - tolerated pass, which has a probability of at most n x passes / (n - tolerated) (Markov's inequality).
 */
function enoughOfAny(passes: number, { failuresTolerated }: Circumstances, doubt: number): number {
  if (passes >= doubt) return Infinity;
  return Math.max(failuresTolerated + 1, Math.ceil((failuresTolerated * doubt) / (doubt - passes)));
}

/**
 * The measurements are dealt out to groups like cards: with 3 groups, the first group gets the 1st, the 4th, the 7th
 * one, and so on. There are so many groups that the windows within one do not overlap: the failures of a group are
 * independent, and their number is binomial.
 *
 * A group is called lucky if at most `few` of its measurements fail. The others have at least few + 1 failures each, so
 * that at most tolerated / (few + 1) groups are not lucky where no more than the tolerated measurements fail. All other
 * groups are lucky then, which has a probability of at most groups x P(a group is lucky) / (their number), by Markov's
 * inequality again.
 */
function enoughInGroups(passes: number, plan: Circumstances, doubt: number): number {
  const { failuresTolerated: tolerated, schedule } = plan;
  const groups = Math.ceil(longestSpan(plan) / schedule.every) + 1;
  const few = Math.floor(tolerated / groups);
  const lucky = groups - Math.floor(tolerated / (few + 1));
  const suffices = (size: number) => 1 - atLeast(few + 1, size, 1 - passes) <= (doubt * lucky) / groups;
  return groups * leastWhole(suffices, mostMeasurements);
}

const mostMeasurements = 1e6;

/**
 * The time between the first and the last scrape in a window: Prometheus' rate() sees the requests between those, and
 * extrapolates them to the window. A window that is no multiple of the scrape interval holds one scrape more at times.
 */
export function shortestSpan({ window, scrapeInterval }: Circumstances): number {
  return (Math.floor(window / scrapeInterval) - 1) * scrapeInterval;
}
const longestSpan = ({ window, scrapeInterval }: Circumstances) =>
  (Math.ceil(window / scrapeInterval) - 1) * scrapeInterval;

/** The least number of errors that a measurement fails at, which sees so many requests. */
export function failing(requests: number, { threshold, equalFails }: Pick<Circumstances, "threshold" | "equalFails">) {
  const equal = threshold * requests;
  return equalFails ? Math.ceil(equal - dust) : Math.floor(equal + dust) + 1;
}

/** What a product of two numbers may be off by: 0.07 x 100 is a little more than 7. */
const dust = 1e-9;

/** The probability that a measurement passes all of whose window is after the fault's begin. */
function passesWhenFull(plan: Circumstances, rate: number, share: number): number {
  const spans = [shortestSpan(plan), longestSpan(plan)];
  return Math.max(...spans.map((span) => fewerFail(share * rate * span, failing(Math.ceil(rate * span), plan))));
}

/**
 * The probability that the measurement some time after the first bad request passes. The series of errors begins with
 * the scrape after it, and loses what came before; the last scrape is up to an interval old. So the errors of all but
 * two intervals are counted, and extrapolated to all but one. They are held against all requests of the window, at the
 * rate before the fault or since, whichever is higher.
 */
function passesAt(plan: Circumstances, rate: number, before: number, share: number, time: number): number {
  const { window, scrapeInterval, threshold } = plan;
  const counted = Math.max(scrapeInterval, time - 2 * scrapeInterval);
  const extrapolation = (time - scrapeInterval) / counted;
  const all = Math.max(rate, before) * window + window / shortestSpan(plan);
  return fewerFail(share * rate * counted, failing(all / (extrapolation * (1 - threshold) + threshold), plan));
}

/** More errors than these are seen no less. */
const mostErrors = 1e6;

function fewerFail(expected: number, least: number): number {
  const thinned = Math.min(1, mostErrors / expected);
  return fewer(Math.ceil(least * thinned), expected * thinned);
}

/** Share of the requests that users get answered by the canary: of copies none. */
const answered = ({ weight }: Step) => weight / 100;

function receivedRate({ steps, requestRate }: Circumstances, step: number): number {
  const at = steps[step];
  return at ? requestRate * received(at) : 0;
}

const seconds = (hold: Step["hold"]) => (hold === "until promoted" ? Infinity : hold);
const duration = (steps: readonly Step[]) => steps.reduce((sum, { hold }) => sum + seconds(hold), 0);

/**
 * Seconds, each times the share of the requests that the canary answers in it, of a version that is bad until the end
 * of the plan and is taken back then.
 */
function answeredToTheEnd({ steps, schedule }: Circumstances, fromStep: number): number {
  const left = steps.slice(fromStep);
  const sum = left.reduce((sum, step) => sum + (answered(step) > 0 ? seconds(step.hold) * answered(step) : 0), 0);
  return sum + (schedule.untilBack + (schedule.heldLonger ?? 0)) * Math.max(...left.map(answered));
}

/** The same of a version that is bad for some seconds; the weights rise, so that the latest begin has the most. */
function answeredFor({ steps }: Circumstances, fromStep: number, bad: number, latest: number): number {
  const left = steps.slice(fromStep);
  const from = Math.min(latest, duration(left) - bad);
  let [sum, begin] = [0, 0];
  for (const step of left) {
    const end = begin + seconds(step.hold);
    sum += Math.max(0, Math.min(from + bad, end) - Math.max(from, begin)) * answered(step);
    if (end >= from + bad) break;
    begin = end;
  }
  return sum;
}
