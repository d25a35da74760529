import { formatDuration } from "../units";

/** Labels that a query selects by, label to value. */
export type SeriesLabels = Readonly<Record<string, string>>;

/** How one version of an application is told apart from the other in Prometheus. */
export interface Version {
  readonly namespace: string;
  readonly application: string;
  /** Labels of its pods, which pod discovery writes on the series that the pods serve themselves. */
  readonly labels: SeriesLabels;
  /** Regular expression for its pods' names, for series that others keep about pods. */
  readonly pods: string;
  /** The Service that leads to this version alone; nothing where one Service leads to both. */
  readonly service?: string;
  /** The Deployment that runs this version alone; nothing where one workload runs both. */
  readonly workload?: string;
  readonly isCanary: boolean;
}

/** The requests of one version, as PromQL: each query yields one sample, or none where there is no data. */
export interface Telemetry {
  /** Requests per second over the window, in seconds. */
  requestRate(window: number): string;
  /** Share of requests answered with a 5xx status, 0 to 1; NaN without requests. */
  errorRate(window: number): string;
  /** Latency in seconds that the given share of requests stays under; NaN without requests. */
  latency(quantile: number, window: number): string;
}

/**
 * Who counts the requests: a version's telemetry, or why it cannot tell the version apart, as the end of a sentence.
 */
export type TelemetrySource = (version: Version) => Telemetry | { readonly cannot: string };

/** What the series of a source are called. */
export interface Series {
  /** Counter of requests, and the matcher of those that failed. */
  readonly requests: string;
  readonly failed: string;
  /** Buckets of a histogram of latency, and how many of its units are a second. */
  readonly buckets: string;
  readonly unitsPerSecond?: number;
  readonly labels: SeriesLabels;
}

/** The usual queries over a counter and a histogram. */
export function telemetryOf({ requests, failed, buckets, unitsPerSecond = 1, labels }: Series): Telemetry {
  const rate = (metric: string, window: number, more = "") =>
    `rate(${metric}{${[matchers(labels), more].filter(Boolean).join(",")}}[${formatDuration(window)}])`;
  return {
    requestRate: (window) => `sum(${rate(requests, window)})`,
    // Without `or vector(0)` a version that has never failed would have no numerator, and look like one without data.
    errorRate: (window) => `(sum(${rate(requests, window, failed)}) or vector(0)) / sum(${rate(requests, window)})`,
    latency: (quantile, window) => {
      const query = `histogram_quantile(${quantile}, sum by (le) (${rate(buckets, window)}))`;
      return unitsPerSecond === 1 ? query : `${query} / ${unitsPerSecond}`;
    },
  };
}

/** Labels as PromQL's matchers, without the braces; a value that begins with "~" is a regular expression. */
export function matchers(labels: SeriesLabels): string {
  return Object.entries(labels)
    .map(([label, value]) => (value.startsWith("~") ? `${label}=~"${value.slice(1)}"` : `${label}="${value}"`))
    .join(",");
}
