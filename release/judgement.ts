import type { Telemetry } from "./telemetry";
import { formatDuration, formatPercent } from "./units";

/** What a measurement without data means: the release fails, holds for a person, or passes for a reason in writing. */
export type NoData = "fail" | "hold" | { readonly pass: string };

/** Bounds that a canary must keep: error rate as a share of 1, latency in seconds. */
export interface Thresholds {
  readonly errorRate: number;
  readonly latencyP95: number;
}

/** How a canary is measured; times in seconds, rates in requests per second. */
export interface Judgement {
  /** Time between two measurements. */
  readonly interval: number;
  /** Span of each query. */
  readonly window: number;
  /** Time from the first weight to the first measurement: before it, Prometheus has too few samples of the canary. */
  readonly initialDelay: number;
  /** How many measurements of one metric may fail in the whole release; the next one aborts it. */
  readonly failuresTolerated: number;
  readonly noData: NoData;
  /** Fewer requests than this are too few to judge, and count as no data. */
  readonly leastRequestRate: number;
}

export type MetricName = "error-rate" | "latency-p95" | "request-rate";

/** One thing that is measured: it passes while the query's value is on the right side of the threshold. */
export interface Metric {
  readonly name: MetricName;
  readonly query: string;
  readonly passes: { readonly is: "<" | ">="; readonly threshold: number };
  /** The bound in words, as in "below 5 %". */
  readonly words: string;
  /** True where a value on the wrong side means too little data rather than a bad canary. */
  readonly measuresData: boolean;
}

/** Whether a canary that nobody asks for anything may go on. */
export function passesWithoutData({ noData }: Pick<Judgement, "noData">): boolean {
  return typeof noData === "object";
}

/** The metrics that judge a canary; one of them says whether there is enough to judge, unless no data passes. */
export function metrics(telemetry: Telemetry, thresholds: Thresholds, judgement: Judgement): readonly Metric[] {
  const { window, leastRequestRate } = judgement;
  const enoughRequests: Metric = {
    name: "request-rate",
    query: telemetry.requestRate(window),
    passes: { is: ">=", threshold: leastRequestRate },
    words: `at least ${Number(leastRequestRate.toPrecision(3))} requests/s`,
    measuresData: true,
  };
  return [
    ...(passesWithoutData(judgement) ? [] : [enoughRequests]),
    {
      name: "error-rate",
      query: telemetry.errorRate(window),
      passes: { is: "<", threshold: thresholds.errorRate },
      words: `below ${formatPercent(thresholds.errorRate)}`,
      measuresData: false,
    },
    {
      name: "latency-p95",
      query: telemetry.latency(0.95, window),
      passes: { is: "<", threshold: thresholds.latencyP95 },
      words: `below ${formatDuration(thresholds.latencyP95)}`,
      measuresData: false,
    },
  ];
}
