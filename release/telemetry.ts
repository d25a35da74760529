import { formatDuration } from "./units";

/** The requests of one version of the application, as PromQL: each query yields one sample, or none when there is no data. */
export interface Telemetry {
  /** Requests per second over the window. */
  requestRate(window: number): string;
  /** Share of requests answered with a 5xx status, 0 to 1; NaN without requests. */
  errorRate(window: number): string;
  /** Latency in seconds that the given share of requests stays under; NaN without requests. */
  latency(quantile: number, window: number): string;
}

/** Labels that a query selects by, label to value. */
export type Labels = Readonly<Record<string, string>>;

/** Requests as the application itself counts them, under the names of OpenTelemetry's HTTP semantic conventions. */
export function applicationTelemetry(labels: Labels): Telemetry {
  const metric = "http_server_request_duration_seconds";
  const rate = (suffix: string, window: number, more = "") =>
    `rate(${metric}_${suffix}{${[...matchers(labels), more].filter(Boolean).join(",")}}[${formatDuration(window)}])`;
  return {
    requestRate: (window) => `sum(${rate("count", window)})`,
    // Without `or vector(0)` a version that has never failed would have no numerator, and look like one without data.
    errorRate: (window) =>
      `(sum(${rate("count", window, 'http_response_status_code=~"5.."')}) or vector(0)) / sum(${rate("count", window)})`,
    latency: (quantile, window) => `histogram_quantile(${quantile}, sum by (le) (${rate("bucket", window)}))`,
  };
}

function matchers(labels: Labels): string[] {
  return Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
}
