import type { Step } from "../../release/plan";
import type { Schedule } from "../../release/promise/worstCase";
import { NotReadable, readOrWhyNot, type Field } from "../objects/field";
import type { NeedsRequests, SeesFailures } from "./failedRequests";

/** How the metrics of a release find requests that fail, as its objects say. */
export interface FailureDetection {
  readonly steps: readonly (Step & { readonly field: Field })[];
  /** The metrics that take it back. */
  readonly metrics: readonly DetectingMetric[];
  /** Whether a measurement that fails keeps the weight from rising. */
  readonly holdsOnFailure: boolean;
  /** With fewer requests per second than these it does not go on; 0 where it does. */
  readonly leastRequestRate: number;
  /** Why a metric that may take it back could not be read. */
  readonly unread?: NotReadable;
}

/** A metric that takes a release back; times in seconds. */
export interface DetectingMetric extends SeesFailures {
  readonly interval: number;
  readonly failuresTolerated: number;
  readonly schedule: Schedule;
}

/** What each metric says of requests; one that cannot be read is told beside those that can. */
export function detectedBy(
  metrics: readonly Field[],
  read: (metric: Field) => DetectingMetric | NeedsRequests | undefined,
): Pick<FailureDetection, "metrics" | "leastRequestRate" | "unread"> {
  const all = metrics.map((metric) => readOrWhyNot(() => read(metric)));
  const unread = all.find((each) => each instanceof NotReadable);
  const found = all.flatMap((each) => (each === undefined || each instanceof NotReadable ? [] : [each]));
  const least = found.flatMap((each) => ("leastRequestRate" in each ? [each.leastRequestRate] : []));
  return {
    metrics: found.filter((each) => "threshold" in each),
    leastRequestRate: least.length > 0 ? Math.min(...least) : 0,
    ...(unread && { unread }),
  };
}
