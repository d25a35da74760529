import { z } from "zod";
import type { OwnMetric } from "./ownMetrics";
import { duration, percentage, text } from "./valueTypes";

/**
 * How far a version may go: it fails from `fail` on, holds for a person from `warn` on, and fails at so many times the
 * stable version's value.
 */
export interface Level {
  readonly fail?: number | undefined;
  readonly warn?: number | undefined;
  readonly timesStable?: number | undefined;
}

/** The side of a bound that is good: a warning lies on it, and an equal version keeps a multiple on it. */
type Better = "below" | "above";

/** Has a bound, and its warning before that. */
const isLevel =
  (better: Better) =>
  ({ fail, warn, timesStable }: Level) => {
    if (warn !== undefined && (fail === undefined || (better === "below" ? warn >= fail : warn <= fail))) return false;
    return fail !== undefined || timesStable !== undefined;
  };

/** The keys of a level. A version that is as good as the stable one is not to fail by chance. */
function levelKeys(bound: z.ZodType<number, string>, better: Better) {
  const from = better === "below" ? "From this value on" : "Below this value";
  const accepted = better === "below" ? "more than 1, up to 100" : "more than 0, less than 1";
  const error = `how many times the stable version's value a canary fails at, which an equal version keeps; accepted: ${accepted}`;
  return {
    fail: bound.optional().describe(`${from} the canary is taken back.`),
    warn: bound.optional().describe(`${from} the release holds for a person.`),
    timesStable: z
      .number({ error })
      .refine((value) => (better === "below" ? value > 1 && value <= 100 : value > 0 && value < 1), { error })
      .optional()
      .describe("The same as `fail`, as a multiple of the stable version's value over the same window."),
  };
}

/** What is said of a bound: the rule for it alone, and the one for it or a level. */
interface Bound {
  readonly bound: z.ZodType<number, string>;
  readonly better: Better;
  readonly rule: string;
}

/** A bound by itself, or {fail, warn, timesStable}. */
function level({ bound, better, rule }: Bound) {
  const whole = z.strictObject(levelKeys(bound, better)).refine(isLevel(better), { error: rule });
  return z.union([bound.transform((fail): Level => ({ fail })), whole as z.ZodType<Level, z.input<typeof whole>>], {
    error: rule,
  });
}

const orLevel = (better: Better) =>
  `, or {fail, warn ${better === "below" ? "under" : "over"} it, timesStable: how many times the stable version's} with fail or timesStable`;

function share(what: string, least: number, most: number, better: Better): Bound {
  const rule = `${what}, with its sign; accepted: "${least * 100}%" to "${most * 100}%"`;
  return {
    bound: percentage(rule, (value) => value >= least && value <= most),
    better,
    rule: `${rule}${orLevel(better)}`,
  };
}

const latency: Bound = {
  bound: duration("a latency", 0.001, 300),
  better: "below",
  rule: `a bound for a quantile of the latency; accepted: "1ms" to "5m"${orLevel("below")}`,
};
const conversion = share("the share of visitors that must convert", 0.0001, 1, "above");
const counter = text(
  /^[a-zA-Z_:][a-zA-Z0-9_:]*$/,
  "the name of a counter in Prometheus; accepted: letters, digits, '_' and ':'",
);

const restartsRule = "the most restarts within the window; accepted: 0 to 100";

/** What a canary must keep, as its author writes it. */
export const thresholdsSchema = z.strictObject({
  errorRate: level(share("the share of failed requests that a canary must stay under", 0.0001, 0.5, "below"))
    .prefault("5%")
    .describe("Share of the requests that are answered with 5xx."),
  successRate: level(share("the share of requests that must succeed", 0.5, 0.9999, "above"))
    .optional()
    .describe("Share of the requests that are answered without 5xx, at least."),
  latency: z
    .record(
      text(/^p\d{2}(\.\d{1,4})?$/, 'a quantile of the latency; accepted: "p50", "p95", "p99.9", up to "p99.9999"'),
      level(latency).describe("What one quantile must stay under."),
    )
    .prefault({ p95: "1s" })
    .describe("Latency by quantile, such as p50, p95 or p99.9."),
  conversionRate: z
    .strictObject({
      of: counter.describe("Counter of visitors."),
      to: counter.describe("Counter of those who convert."),
      ...levelKeys(conversion.bound, conversion.better),
    })
    .refine(isLevel(conversion.better), { error: conversion.rule })
    .optional()
    .describe("Share of the visitors who convert, at least, by two counters that the application serves."),
  cpu: level(share("the share of its limit on CPU that a pod must stay under", 0.01, 0.99, "below"))
    .optional()
    .describe("Share of its limit on CPU that the pod which uses most may use."),
  memory: level(share("the share of its limit on memory that a pod must stay under", 0.01, 0.99, "below"))
    .optional()
    .describe("The same of memory."),
  restarts: z
    .int({ error: restartsRule })
    .min(0, { error: restartsRule })
    .max(100, { error: restartsRule })
    .transform((fail): Level => ({ fail }))
    .optional()
    .describe("Restarts of the canary's containers within the window, at most."),
});

/** Bounds that a canary must keep: shares of 1, latencies in seconds, restarts as a number. */
export type Thresholds = z.output<typeof thresholdsSchema>;

/** The key of the first bound that warns; undefined where none does. */
export function firstWarning({
  thresholds,
  metrics,
}: {
  readonly thresholds: Thresholds;
  readonly metrics: readonly OwnMetric[];
}): string | undefined {
  const { latency, ...others } = thresholds;
  const levels = {
    ...others,
    ...Object.fromEntries(Object.entries(latency).map(([quantile, level]) => [`latency.${quantile}`, level])),
  };
  const [name] = Object.entries(levels).find(([, level]) => level?.warn !== undefined) ?? [];
  if (name !== undefined) return `thresholds.${name}.warn`;
  const own = metrics.findIndex(({ warn }) => warn !== undefined);
  return own >= 0 ? `metrics[${own}].warn` : undefined;
}
