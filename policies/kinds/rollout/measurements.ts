import { secondsOf } from "../../languages/durations";
import type { Field } from "../../objects/field";

/** The name of the one provider that answers a metric's query; "" for none. */
export function providerOf(metric: Field): string {
  return metric.at("provider").keys()[0] ?? "";
}

/**
 * Whether a measurement is a verdict without a condition: the Job's or the provider's own, or a URL's, which fails with
 * any answer but 2xx.
 */
export function decidesItself(metric: Field): boolean {
  const provider = providerOf(metric);
  return provider === "web"
    ? !metric.at("successCondition").exists && !metric.at("failureCondition").exists
    : ["job", "kayenta"].includes(provider);
}

/** How often a metric is measured: once without an interval, and without end with an interval alone. */
export function countOf(metric: Field): number {
  return metric.at("count").number() || (metric.at("interval").exists ? Infinity : 1);
}

/** Seconds from the begin of an analysis to a metric's first measurement, and to its last. */
export function measuredFrom(metric: Field): { readonly first: number; readonly last: number } {
  const first = secondsOf(metric.at("initialDelay")) ?? 0;
  const count = countOf(metric);
  return { first, last: count === 1 ? first : first + (count - 1) * (secondsOf(metric.at("interval")) ?? 0) };
}
