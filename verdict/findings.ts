import { smokeTestName } from "../manifests/smokeTest";
import { measuredInWords, type Unit } from "../release/metrics/unit";

/** What a controller found when it measured a metric. */
export interface MetricFinding {
  readonly metric: string;
  /** True where Prometheus was asked and gave no answer; `message` says why. */
  readonly unanswered: boolean;
  /** What was measured, in words: "21.3 %". Nothing where the answer was without data. */
  readonly value: string | undefined;
  /** What it must be, in words: "below 5 %". Nothing for a metric that the plan does not know. */
  readonly mustBe: string | undefined;
  /** How often it was measured. Nothing where the controller does not count that. */
  readonly times: number | undefined;
  /** How often it failed, decided nothing or had no answer. */
  readonly bad: number;
  readonly message: string | undefined;
}

/** The finding as a sentence: "error-rate was 21.3 %, must be below 5 % (measured 11 times, 3 of them bad)". */
export function findingInWords({ metric, unanswered, value, mustBe, times, bad, message }: MetricFinding): string {
  if (metric === smokeTestName) return `${metric} failed: ${message ?? "its Job did not end well"}`;
  if (unanswered) {
    const tries = times === undefined ? failedChecks(bad) : `${bad} of ${times} tries failed`;
    return `${metric} could not be measured (${tries}): ${message ?? "the controller gives no reason"}`;
  }
  const was = value === undefined ? "had no data" : `was ${value}`;
  const bound = mustBe === undefined ? "" : `, must be ${mustBe}`;
  const counted = times === undefined ? failedChecks(bad) : `measured ${timesInWords(times)}, ${bad} of them bad`;
  return `${metric} ${was}${bound} (${counted})`;
}

const failedChecks = (count: number) => `${count} failed ${count === 1 ? "check" : "checks"}`;
const timesInWords = (count: number) => (count === 1 ? "once" : `${count} times`);

/**
 * What a controller wrote of a measurement, such as "[0.213]", in the metric's unit. Nothing for no data, which is
 * "[]", "[NaN]" or nothing at all.
 */
export function valueInWords(written: string | undefined, unit: Unit = "number"): string | undefined {
  const values = (written ?? "")
    .replace(/^\[|\]$/g, "")
    .split(",")
    .map((value) => value.trim())
    .filter((value) => value !== "" && value !== "NaN");
  const inUnit = (value: string) => (Number.isFinite(Number(value)) ? measuredInWords(Number(value), unit) : value);
  return values.length === 0 ? undefined : values.map(inUnit).join(", ");
}
