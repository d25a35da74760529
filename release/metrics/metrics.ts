import { received, type Step } from "../plan";
import { containers } from "./containers";
import { matchers, type Telemetry, type Version } from "./telemetry";
import { boundInWords, type Unit } from "./unit";
import type { OwnMetric } from "../settings/ownMetrics";
import type { Level, Thresholds } from "../settings/thresholds";
import { formatDuration } from "../units";

/**
 * What becomes of a release when a measurement has no data: it fails, it is held for a person, it is held in the first
 * hold and fails in later ones, or it goes on, for a reason in writing.
 */
export type NoData = "fail" | "hold" | "hold, then fail" | { readonly pass: string };

/** How a canary is measured; times in seconds, rates in requests per second. */
export interface JudgementSettings {
  /** From one measurement to the next. */
  readonly interval: number;
  /** How far back each query looks. */
  readonly window: number;
  /** From the first weight to the first measurement: before it, Prometheus has too few samples of the canary. */
  readonly initialDelay: number;
  /**
   * How many measurements may fail in the whole release; the next one aborts it. What is counted, its controller says.
   */
  readonly failuresTolerated: number;
  readonly noData: NoData;
  /** A canary with fewer requests cannot be judged: it has no data. */
  readonly leastRequestRate: number;
}

/** One thing that a canary is judged by. */
export interface Metric {
  /** Such as "error-rate", "latency-p95" or "error-rate-vs-stable". */
  readonly name: string;
  /** PromQL that answers one number, or nothing or NaN where there is no data. */
  readonly query: string;
  /** The values that pass: those below the threshold, or those at or above it. */
  readonly passes: { readonly is: "<" | ">="; readonly threshold: number };
  /** A stricter threshold: a value that keeps the other one and not this holds the release for a person. */
  readonly warns?: number;
  readonly unit: Unit;
  /** What a value must be: "below 5 %". */
  readonly words: string;
  /** When it is measured. Default: always. */
  readonly during?: "the first hold" | "later holds";
  /** True for the metric that says whether there is enough data: failing it says nothing bad of the canary. */
  readonly measuresData: boolean;
}

/** The two versions that are compared, and what counts the requests of each. */
export interface Measured {
  readonly canary: Version;
  readonly stable: Version;
  readonly canaryRequests: Telemetry;
  readonly stableRequests: Telemetry;
}

/** Whether a canary goes on that has no requests. */
export function passesWithoutData({ noData }: Pick<JudgementSettings, "noData">): boolean {
  return typeof noData === "object";
}

/** The first step, counted from 0, in which a canary with too few requests is taken back; Infinity where none does. */
export function failsWithoutDataFrom({ noData }: Pick<JudgementSettings, "noData">): number {
  return noData === "fail" ? 0 : noData === "hold, then fail" ? 1 : Infinity;
}

/** How many requests per second all users must make for a step's canary to have enough; 0 where it needs none. */
export function neededRate(step: Step, judgement: Pick<JudgementSettings, "noData" | "leastRequestRate">): number {
  return passesWithoutData(judgement) ? 0 : judgement.leastRequestRate / received(step);
}

/** The metrics that judge a canary: first whether it has enough requests, unless no data passes. */
export function metrics(
  measured: Measured,
  thresholds: Thresholds,
  own: readonly OwnMetric[],
  judgement: JudgementSettings,
): readonly Metric[] {
  const { window } = judgement;
  return [
    ...enoughRequests(measured, judgement),
    ...measures(measured, thresholds, window).flatMap(metricsOf),
    ...own.map((metric) => ownMetric(metric, measured, window)),
  ];
}

/** Whether a canary has enough requests. Two metrics where too few mean another thing in the first hold than later. */
function enoughRequests(
  { canaryRequests }: Measured,
  { window, leastRequestRate, noData }: JudgementSettings,
): readonly Metric[] {
  const metric: Metric = {
    ...bounded(
      { name: "request-rate", query: canaryRequests.requestRate(window), is: ">=", unit: "requests/s" },
      leastRequestRate,
    ),
    measuresData: true,
  };
  if (typeof noData === "object") return [];
  if (noData !== "hold, then fail") return [metric];
  return [
    { ...metric, name: "request-rate-first", during: "the first hold" },
    { ...metric, during: "later holds" },
  ];
}

/** What can be asked of either version, and how far the canary may go in it. */
interface Measure {
  readonly name: string;
  /** Nothing where the release does not ask for it. */
  readonly level: Level | undefined;
  readonly is: "<" | ">=";
  readonly unit: Unit;
  /** The query for each version. */
  readonly canary: string;
  readonly stable: string;
  /** What a smaller value of the stable version is taken for: no canary is better than a multiple of 0. */
  readonly floor?: number;
}

function measures(
  { canary, stable, canaryRequests, stableRequests }: Measured,
  thresholds: Thresholds,
  window: number,
): readonly Measure[] {
  const both = (query: (requests: Telemetry) => string) => ({
    canary: query(canaryRequests),
    stable: query(stableRequests),
  });
  const ofPods = (query: (of: ReturnType<typeof containers>) => string) => ({
    canary: query(containers(canary)),
    stable: query(containers(stable)),
  });
  const { errorRate, successRate, latency, conversionRate, cpu, memory, restarts } = thresholds;
  const below = { is: "<", unit: "share" } as const;
  const atLeast = { is: ">=", unit: "share" } as const;
  return [
    { name: "error-rate", level: errorRate, ...below, floor: 0.001, ...both((requests) => requests.errorRate(window)) },
    {
      name: "success-rate",
      level: successRate,
      ...atLeast,
      ...both((requests) => `1 - (${requests.errorRate(window)})`),
    },
    ...Object.entries(latency).map(([quantile, level]) => ({
      name: `latency-${quantile}`,
      level,
      is: "<" as const,
      unit: "seconds" as const,
      ...both((requests) => requests.latency(shareOf(quantile), window)),
    })),
    {
      name: "conversion-rate",
      level: conversionRate,
      ...atLeast,
      canary: conversion(conversionRate, canary, window),
      stable: conversion(conversionRate, stable, window),
    },
    { name: "cpu", level: cpu, ...below, floor: 0.01, ...ofPods((of) => of.cpu(window)) },
    { name: "memory", level: memory, ...below, floor: 0.01, ...ofPods((of) => of.memory()) },
    // The increase of a counter is extrapolated: half of one is none, more is one.
    {
      name: "restarts",
      level: restarts && { fail: (restarts.fail ?? 0) + 0.5 },
      is: "<",
      unit: "restarts",
      ...ofPods((of) => of.restarts(window)),
    },
  ];
}

/** "p99.9" as a share of 1. */
const shareOf = (quantile: string) => Number((Number(quantile.slice(1)) / 100).toPrecision(6));

function conversion(names: Thresholds["conversionRate"], { namespace, labels }: Version, window: number): string {
  if (names === undefined) return "";
  const rate = (counter: string) =>
    `sum(rate(${counter}{${matchers({ namespace, ...labels })}}[${formatDuration(window)}]))`;
  return `${rate(names.to)} / ${rate(names.of)}`;
}

/** A metric for the level's own bound, and another for the multiple of the stable version's value; either may fail. */
function metricsOf({ name, level, is, unit, canary, stable, floor }: Measure): readonly Metric[] {
  const { fail, warn, timesStable } = level ?? {};
  const divisor = floor === undefined ? `(${stable})` : `clamp_min(${stable}, ${floor})`;
  const ratio = { name: `${name}-vs-stable`, query: `(${canary}) / ${divisor}`, is, unit: "times" } as const;
  return [
    ...(fail === undefined ? [] : [bounded({ name, query: canary, is, unit }, fail, warn)]),
    ...(timesStable === undefined ? [] : [bounded(ratio, timesStable)]),
  ];
}

function ownMetric({ name, query, below, atLeast, warn }: OwnMetric, { canary }: Measured, window: number): Metric {
  const asked = { name, query: withVersion(query, canary, window), unit: "number" } as const;
  return below === undefined
    ? bounded({ ...asked, is: ">=" }, atLeast ?? 0, warn)
    : bounded({ ...asked, is: "<" }, below, warn);
}

/** What is asked, held against a threshold and, if there is one, a warning before it. */
function bounded(
  { name, query, is, unit }: Pick<Metric, "name" | "query" | "unit"> & Pick<Metric["passes"], "is">,
  threshold: number,
  warns?: number,
): Metric {
  const side = is === "<" ? "below" : "at least";
  const warning = warns === undefined ? "" : `, holds unless ${side} ${boundInWords(warns, unit)}`;
  return {
    name,
    query,
    passes: { is, threshold },
    ...(warns !== undefined && { warns }),
    unit,
    words: `${side} ${boundInWords(threshold, unit)}${warning}`,
    measuresData: false,
  };
}

/**
 * A query of the team's own, with the labels of one version and the window put in. A query with a comment gets a line
 * break at its end, so that the comment does not take in what others append.
 */
function withVersion(
  query: string,
  { namespace, labels }: Pick<Version, "namespace" | "labels">,
  window: number,
): string {
  const ended = query.includes("#") ? `${query}\n` : query;
  return ended
    .replaceAll("<canary>", matchers({ namespace, ...labels }))
    .replaceAll("<window>", formatDuration(window));
}
