import type { Fault, Field } from "../objects/field";
import type { VersionOf } from "./askedVersion";

/** How a measurement ends: only a success lets the release go on. */
export type MeasurementOutcome = "success" | "failure" | "inconclusive" | "error";

/** A metric as its controller judges by it. All that is asked of it may throw `NotReadable`. */
export interface JudgingMetric {
  readonly field: Field;
  /** The object that declares its query for others to refer to; nothing where the release has it itself. */
  template(): Field | undefined;
  /** Why no measurement of it takes a release back; nothing where one can. */
  whyItCannotFail(): Fault | undefined;
  /** Why all values that it can have end alike; nothing where some pass and some do not. */
  whyItDecidesNothing(): Fault | undefined;
  /** Why it passes where there is nothing to judge by; nothing where it does not. */
  whyItPassesWithoutData(): Fault | undefined;
}

/** A metric of the analysis of one release. */
export interface ReleaseMetric extends JudgingMetric {
  /** What it asks Prometheus; nothing where it asks somebody else. */
  query(): SentQuery | undefined;
}

/** A query as a controller sends it for one release. */
export interface SentQuery {
  readonly field: Field;
  /** With values for its arguments, as far as they are known. */
  readonly text: string;
  /** Which version the label of a series means. */
  readonly versionOf: VersionOf;
  /** What is wrong with its arguments. */
  readonly faults: readonly string[];
}
