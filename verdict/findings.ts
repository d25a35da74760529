import { smokeTestName } from "../manifests/smokeTest";
import { measuredInWords, type Unit } from "../release/metrics/unit";
import type { AwaitedRelease } from "./awaited";
import type { AnalysisPhase, MetricResult } from "./statuses";

/** What a metric's last measurement of interest was, and the bound that it had to keep. */
export interface LastMeasurement {
  readonly metric: string;
  readonly phase: AnalysisPhase;
  /** In words, as in "21.3 %"; undefined where the query answered without data. */
  readonly value: string | undefined;
  /** The bound in words, as in "below 5 %"; undefined for a metric that the plan does not know. */
  readonly threshold: string | undefined;
  /** Undefined where the controller does not count it. */
  readonly measured: number | undefined;
  /** How many of the measurements failed, were inconclusive or ended in an error. */
  readonly bad: number;
  /** What went wrong, where nothing could be measured. */
  readonly message: string | undefined;
}

/**
 * The finding of a metric: its last bad measurement if the metric ended badly, otherwise its last one; undefined before
 * the first.
 */
export function finding(result: MetricResult, metrics: AwaitedRelease["metrics"]): LastMeasurement | undefined {
  const measurements = result.measurements ?? [];
  const last = measurements.findLast(({ phase }) => phase === result.phase) ?? measurements.at(-1);
  if (last === undefined) return undefined;
  return {
    metric: result.name,
    phase: last.phase,
    value: valueInWords(last.value, metrics[result.name]?.unit),
    threshold: metrics[result.name]?.words,
    measured: (result.count ?? 0) + (result.error ?? 0),
    bad: (result.failed ?? 0) + (result.inconclusive ?? 0) + (result.error ?? 0),
    message: last.message ?? result.message,
  };
}

/** The finding as a sentence: "error-rate was 21.3 %, must be below 5 % (measured 11 times, 3 of them bad)". */
export function findingInWords({ metric, phase, value, threshold, measured, bad, message }: LastMeasurement): string {
  const tries = measured === undefined ? failedChecks(bad) : `${bad} of ${measured} tries failed`;
  if (metric === smokeTestName) return `${metric} failed: ${message ?? "its Job did not end well"}`;
  if (phase === "Error")
    return `${metric} could not be measured (${tries}): ${message ?? "the controller gives no reason"}`;
  const bound = threshold === undefined ? "" : `, must be ${threshold}`;
  const counted = measured === undefined ? failedChecks(bad) : `measured ${times(measured)}, ${bad} of them bad`;
  return `${metric} ${value === undefined ? "had no data" : `was ${value}`}${bound} (${counted})`;
}

const failedChecks = (count: number) => `${count} failed ${count === 1 ? "check" : "checks"}`;

/**
 * A measurement's value, such as "[0.213]", in the metric's unit; undefined for no data: "[]", "[NaN]" or nothing at
 * all.
 */
export function valueInWords(value: string | undefined, unit: Unit = "number"): string | undefined {
  const numbers = (value ?? "")
    .replace(/^\[|\]$/g, "")
    .split(",")
    .map((text) => text.trim());
  const known = numbers.filter((text) => text !== "" && text !== "NaN");
  const inUnit = (text: string) => (Number.isFinite(Number(text)) ? measuredInWords(Number(text), unit) : text);
  return known.length === 0 ? undefined : known.map(inUnit).join(", ");
}

const times = (count: number) => (count === 1 ? "once" : `${count} times`);
