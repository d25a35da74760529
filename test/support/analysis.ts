import { randomExponential, randomLcg, randomPoisson } from "d3-random";
import type { Circumstances } from "../../release/promise/worstCase";
import type { Hold, Step } from "../../release/plan";
import { lags } from "../../release/promise/promise";

/**
 * A stage of a simulated release: shares of all requests that the canary answers, and that it receives, for so many
 * seconds.
 */
export interface Stage {
  readonly answers: number;
  readonly receives: number;
  readonly seconds: number;
}

/**
 * A release under a background analysis as Argo Rollouts runs it; times in seconds, rates in requests per second,
 * shares of 1.
 */
export interface Analysis {
  readonly stages: readonly Stage[];
  readonly requestRate: number;
  /** Pods that share the canary's requests, each with counters of its own, scraped at a time of its own. Default: 1. */
  readonly pods?: number;
  /** Requests come at random, one by one, in place of evenly. */
  readonly atRandom?: boolean;
  /** From this stage on (counted from 0) the canary fails `share` of its requests, before it none. */
  readonly fromStage: number;
  readonly share: number;
  readonly threshold: number;
  readonly failuresTolerated: number;
  /** A measurement of fewer requests fails too, by a metric of its own. Default: none does. */
  readonly leastRequestRate?: number;
  /** Whether an error rate that is equal to the threshold fails. Default: it does. */
  readonly equalFails?: boolean;
  /** Failures of both metrics are counted together, in place of each by itself; both at once count as one. */
  readonly together?: boolean;
  readonly window: number;
  readonly interval: number;
  readonly initialDelay: number;
  readonly scrapeInterval: number;
  /** The longest that a query, the controller and the router take. */
  readonly lags: { readonly query: number; readonly controller: number; readonly router: number };
  /** They take their longest each time. */
  readonly slow?: boolean;
}

/**
 * How one release went: whether it was aborted, the seconds from the first bad request until weight 0, and the bad
 * requests that users got.
 */
export interface Outcome {
  readonly aborted: boolean;
  readonly seconds: number;
  readonly badRequests: number;
}

/** The outcomes of a number of releases, the same ones for the same seed. */
export function simulate(analysis: Analysis, runs: number, seed = 0.42): readonly Outcome[] {
  const random = randomLcg(seed);
  return Array.from({ length: runs }, () => release(analysis, random));
}

type Random = () => number;

function release(analysis: Analysis, random: Random): Outcome {
  const { pods = 1, interval, initialDelay, slow, failuresTolerated, leastRequestRate = 0, together } = analysis;
  const lag = (of: keyof Analysis["lags"]) => analysis.lags[of] * (slow ? 1 : random());
  const traffic = Array.from(
    { length: pods },
    () => new Traffic({ ...analysis, requestRate: analysis.requestRate / pods }, random),
  );
  const scrapes = traffic.map((each) => new Scrapes(analysis, each, random() * analysis.scrapeInterval));
  const badUntil = (time: number) => total(traffic, (each) => each.badRequests(time));
  const end = total(analysis.stages, ({ seconds }) => seconds);
  let [failures, tooFew, either] = [0, 0, 0];
  let time = initialDelay + lag("controller");
  while (time < end) {
    const finished = time + lag("query");
    const rates = scrapes.map((each) => each.rates(time));
    const [fails, lacks] = [isTooMuch(errorRate(rates), analysis), requestRate(rates) < leastRequestRate];
    if (fails) failures += 1;
    if (lacks) tooFew += 1;
    if (fails || lacks) either += 1;
    if ((together ? either : Math.max(failures, tooFew)) > failuresTolerated) {
      const back = finished + lag("controller") + lag("router");
      return {
        aborted: true,
        seconds: back - Math.min(...traffic.map(({ firstBad }) => firstBad)),
        badRequests: badUntil(back),
      };
    }
    time = finished + interval;
  }
  return { aborted: false, seconds: Infinity, badRequests: badUntil(end) };
}

const total = <Each>(all: readonly Each[], value: (each: Each) => number) =>
  all.reduce((sum, each) => sum + value(each), 0);

/** What Prometheus makes of the good and the bad requests of a pod; nothing without two samples. */
interface Rates {
  readonly good: number | undefined;
  readonly bad: number | undefined;
}

const requestRate = (rates: readonly Rates[]) => total(rates, ({ good, bad }) => (good ?? 0) + (bad ?? 0));

/** `(sum(rate(errors)) or vector(0)) / sum(rate(all))`, NaN where there is no data. */
const errorRate = (rates: readonly Rates[]) => total(rates, ({ bad }) => bad ?? 0) / requestRate(rates);

const isTooMuch = (errors: number, { threshold, equalFails = true }: Analysis) =>
  equalFails ? errors >= threshold : errors > threshold;

/**
 * The canary's requests. They are counted off: a stage is as long as its requests are many, and the n-th bad one is at
 * such a number.
 */
class Traffic {
  private readonly stages: readonly {
    readonly begin: number;
    readonly from: number;
    readonly perSecond: number;
    readonly answered: number;
  }[];
  private readonly faultFrom: number;
  /** Where the bad requests are among all, as far as they are known. */
  private readonly bad: number[] = [];
  private readonly gap: () => number;
  private readonly others: { readonly at: number; readonly count: number }[] = [{ at: 0, count: 0 }];
  private readonly offset: number;

  constructor(
    private readonly analysis: Analysis,
    private readonly random: Random,
  ) {
    let [begin, from] = [0, 0];
    this.stages = analysis.stages.map(({ answers, receives, seconds }) => {
      const stage = { begin, from, perSecond: receives * analysis.requestRate, answered: answers / receives };
      begin += seconds;
      from += seconds * stage.perSecond;
      return stage;
    });
    this.faultFrom = this.stages[analysis.fromStage]?.from ?? 0;
    this.offset = random();
    this.gap = gaps(analysis, random);
  }

  /** All requests received until a time, as a number that is not yet rounded. */
  private received(time: number): number {
    const stage = this.stages.findLast(({ begin }) => begin <= time) ?? { begin: 0, from: 0, perSecond: 0 };
    return stage.from + Math.max(0, time - stage.begin) * stage.perSecond;
  }

  private timeOf(at: number): number {
    const stage = this.stages.findLast(({ from }) => from <= at) ?? { begin: 0, from: 0, perSecond: 1 };
    return stage.begin + (at - stage.from) / stage.perSecond;
  }

  private knownUntil(at: number): void {
    const { atRandom } = this.analysis;
    const start = atRandom ? this.faultFrom : Math.ceil(this.faultFrom - this.offset) + this.offset - 1;
    let last = this.bad.at(-1);
    while (last === undefined || last <= at) this.bad.push((last = (last ?? start) + this.gap()));
  }

  get firstBad(): number {
    this.knownUntil(this.faultFrom);
    return this.timeOf(this.bad[0] ?? this.faultFrom);
  }

  /** Bad requests received until a time. */
  errors(time: number): number {
    const at = this.received(time);
    this.knownUntil(at);
    return countUpTo(this.bad, at);
  }

  /** The good ones; times must rise from call to call. */
  goods(time: number): number {
    const at = this.received(time);
    if (!this.analysis.atRandom) return Math.floor(at - this.offset + 1) - this.errors(time);
    const last = this.others.at(-1) ?? { at: 0, count: 0 };
    const healthy = Math.max(0, Math.min(at, this.faultFrom) - last.at);
    const count = last.count + poisson(healthy + (1 - this.analysis.share) * (at - last.at - healthy), this.random);
    this.others.push({ at, count });
    return count;
  }

  /** The bad ones that users got until a time: of mirrored requests none. */
  badRequests(time: number): number {
    const at = this.received(time);
    this.knownUntil(at);
    return this.stages.reduce((sum, { from, answered }, index) => {
      const to = Math.min(at, this.stages[index + 1]?.from ?? Infinity);
      return answered > 0 && to > from ? sum + countUpTo(this.bad, to) - countUpTo(this.bad, from) : sum;
    }, 0);
  }
}

/** From one bad request to the next, in requests: geometric, or exponential where they come at random. */
function gaps({ atRandom, share }: Analysis, random: Random): () => number {
  if (share === 0) return () => Infinity;
  if (atRandom) return randomExponential.source(random)(share);
  if (share === 1) return () => 1;
  const scale = 1 / Math.log1p(-share);
  return () => 1 + Math.floor(Math.log1p(-random()) * scale);
}

const poisson = (mean: number, random: Random) => (mean > 0 ? randomPoisson.source(random)(mean)() : 0);

function countUpTo(sorted: readonly number[], most: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= most) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface Sample {
  readonly time: number;
  readonly value: number;
}

/** What Prometheus has of a pod: a series for the good requests and one for the bad, each from its first request on. */
class Scrapes {
  private readonly good: Sample[] = [];
  private readonly bad: Sample[] = [];
  constructor(
    private readonly analysis: Analysis,
    private readonly traffic: Traffic,
    private next: number,
  ) {}

  rates(now: number): Rates {
    const { scrapeInterval, window } = this.analysis;
    for (; this.next <= now; this.next += scrapeInterval) {
      const [good, bad] = [this.traffic.goods(this.next), this.traffic.errors(this.next)];
      if (good > 0) this.good.push({ time: this.next, value: good });
      if (bad > 0) this.bad.push({ time: this.next, value: bad });
    }
    return { good: rate(this.good, now, window), bad: rate(this.bad, now, window) };
  }
}

/** Prometheus' `rate()` of a counter without resets: see extrapolatedRate in its promql/functions.go. */
export function rate(series: readonly Sample[], now: number, window: number): number | undefined {
  const samples = series
    .slice(series.findLastIndex(({ time }) => time <= now - window) + 1)
    .filter(({ time }) => time <= now);
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || samples.length < 2) return undefined;
  const increase = last.value - first.value;
  const sampled = last.time - first.time;
  const average = sampled / (samples.length - 1);
  const near = (gap: number) => (gap >= 1.1 * average ? average / 2 : gap);
  const toZero = increase > 0 ? (sampled * first.value) / increase : Infinity;
  const toStart = Math.min(near(first.time - (now - window)), toZero);
  return (increase * (sampled + toStart + near(now - last.time))) / sampled / window;
}

/** What a test says of a plan. */
type Told = Omit<Circumstances, "schedule" | "leastRequestRate" | "equalFails"> & {
  readonly initialDelay: number;
  readonly equalFails?: boolean;
};

/** Weights that rise, each with the same hold. */
export const rising = (hold: Hold, ...weights: readonly number[]): readonly Step[] =>
  weights.map((weight) => ({ weight, hold }));

const presetFast: Told = {
  steps: rising(600, 5, 25, 50, 100),
  requestRate: 100,
  interval: 30,
  window: 120,
  initialDelay: 70,
  scrapeInterval: 30,
  threshold: 0.05,
  failuresTolerated: 2,
};

/** Plans that differ in what matters to the promise. */
export const plans = {
  "the demonstration": {
    ...presetFast,
    steps: rising(10, 5, 25, 50, 100),
    requestRate: 200,
    interval: 1,
    window: 5,
    initialDelay: 6,
    scrapeInterval: 1,
  },
  "the demonstration with longer holds": {
    ...presetFast,
    steps: rising(30, 5, 25, 50, 100),
    requestRate: 200,
    interval: 1,
    window: 5,
    initialDelay: 6,
    scrapeInterval: 1,
  },
  "the preset fast": presetFast,
  "the preset fast with few requests": { ...presetFast, requestRate: 2 },
  "a window shorter than the interval": {
    ...presetFast,
    requestRate: 20,
    interval: 60,
    window: 40,
    initialDelay: 30,
    scrapeInterval: 10,
    failuresTolerated: 1,
  },
  "no failure tolerated": {
    ...presetFast,
    steps: rising(300, 10, 50),
    requestRate: 30,
    interval: 20,
    window: 60,
    initialDelay: 40,
    scrapeInterval: 15,
    failuresTolerated: 0,
  },
  "holds shorter than the window": {
    ...presetFast,
    steps: rising(50, 5, 10, 20, 40, 80, 100),
    requestRate: 50,
    interval: 10,
    initialDelay: 30,
    scrapeInterval: 10,
  },
  "a window of no whole number of scrapes": {
    ...presetFast,
    steps: rising(300, 10, 50),
    requestRate: 5,
    interval: 15,
    window: 70,
    initialDelay: 42,
    scrapeInterval: 16,
    failuresTolerated: 3,
  },
  "mirrored requests first": {
    ...presetFast,
    steps: [{ weight: 0, mirror: 50, hold: 300 }, ...rising(300, 5, 50)],
    requestRate: 20,
    interval: 15,
    window: 60,
    initialDelay: 40,
    scrapeInterval: 15,
  },
} as const satisfies Record<string, Told>;

/** What the promise of a plan is worked out from, with the schedule of Argo Rollouts. */
export function circumstances({ initialDelay, ...told }: Told): Circumstances {
  const schedule = {
    first: lags.controller + initialDelay,
    every: told.interval + lags.query,
    untilBack: lags.query + lags.controller + lags.router,
  };
  return { equalFails: true, ...told, schedule, leastRequestRate: 0 };
}

/** The analysis of a plan whose version fails a share of its requests from a step (counted from 0) on. */
export function analysisOf(told: Told, fromStage: number, share: number, change: Partial<Analysis> = {}): Analysis {
  const stages = told.steps.map(({ weight, mirror, hold }) => ({
    answers: weight / 100,
    receives: (mirror ?? weight) / 100,
    seconds: Number(hold),
  }));
  return { ...told, stages, fromStage, share, lags, ...change };
}

/** How many simulated releases there are of a kind. */
export const runs = Number(process.env.CANARY_RUNS ?? 300);
