import { received, type Step } from "../plan";
import { containers } from "./containers";
import { matchers, type Telemetry, type Version } from "./telemetry";
import type { Level, OwnMetric, Thresholds } from "../settings/thresholds";
import { formatDuration, formatNumber, formatPercent } from "../units";

/**
 * What a measurement without data means: the release fails, holds for a person, holds in the first hold and fails
 * later, or passes for a reason in writing.
 */
export type NoData = "fail" | "hold" | "hold, then fail" | { readonly pass: string };

/** How a canary is measured; times in seconds, rates in requests per second. */
export interface JudgementSettings {
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

/** One thing that is measured: it passes while the query's value is on the right side of the threshold. */
export interface Metric {
  /** Such as "error-rate", "latency-p95" or "error-rate-vs-stable". */
  readonly name: string;
  readonly query: string;
  readonly passes: { readonly is: "<" | ">="; readonly threshold: number };
  /**
   * A value on the wrong side of this, and still on the right side of the threshold, holds the release for a person.
   */
  readonly warns?: number;
  /** The bound in words, as in "below 5 %". */
  readonly words: string;
  /** When it is measured, where that is not always. */
  readonly during?: "the first hold" | "later holds";
  /** True where a value on the wrong side means too little data rather than a bad canary. */
  readonly measuresData: boolean;
}

/** The two versions that are compared, and what counts their requests. */
export interface Measured {
  readonly canary: Version;
  readonly stable: Version;
  readonly canaryRequests: Telemetry;
  readonly stableRequests: Telemetry;
}

/** Whether a canary that nobody asks for anything may go on. */
export function passesWithoutData({ noData }: Pick<JudgementSettings, "noData">): boolean {
  return typeof noData === "object";
}

/** The step, counted from 0, from which on too little data takes a canary back; Infinity where it never does. */
export function failsWithoutDataFrom({ noData }: Pick<JudgementSettings, "noData">): number {
  return noData === "fail" ? 0 : noData === "hold, then fail" ? 1 : Infinity;
}

/** Requests per second of all users that a step needs for its canary to be judged. */
export function neededRate(step: Step, judgement: Pick<JudgementSettings, "noData" | "leastRequestRate">): number {
  return passesWithoutData(judgement) ? 0 : judgement.leastRequestRate / received(step);
}

/** The metrics that judge a canary; one of them says whether there is enough to judge, unless no data passes. */
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

/** Whether there is enough to judge by; where no data holds at first and fails later, a metric for each. */
function enoughRequests(
  { canaryRequests }: Measured,
  { window, leastRequestRate, noData }: JudgementSettings,
): readonly Metric[] {
  const metric: Metric = {
    name: "request-rate",
    query: canaryRequests.requestRate(window),
    passes: { is: ">=", threshold: leastRequestRate },
    words: `at least ${formatNumber(leastRequestRate)} requests/s`,
    measuresData: true,
  };
  if (typeof noData === "object") return [];
  if (noData !== "hold, then fail") return [metric];
  return [
    { ...metric, name: "request-rate-first", during: "the first hold" },
    { ...metric, during: "later holds" },
  ];
}

/** One measure of both versions, and the level that it is held to. */
interface Measure {
  readonly name: string;
  readonly level: Level | undefined;
  readonly is: "<" | ">=";
  readonly canary: string;
  readonly stable: string;
  /** The smallest value that a stable version is taken to have, lest nothing be a multiple of 0. */
  readonly floor?: number;
  readonly format: (value: number) => string;
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
  const below = { is: "<", format: formatPercent } as const;
  const atLeast = { is: ">=", format: formatPercent } as const;
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
      format: formatDuration,
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
      format: (value) => `${Math.ceil(value)}`,
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

/**
 * The absolute bound and the one relative to the stable version, a metric each, so that either takes the canary back.
 */
function metricsOf({ name, level, is, canary, stable, floor, format }: Measure): readonly Metric[] {
  if (level === undefined) return [];
  const { fail, warn, timesStable } = level;
  const side = is === "<" ? "below" : "at least";
  const measuresData = false;
  return [
    ...(fail === undefined
      ? []
      : [
          {
            name,
            query: canary,
            passes: { is, threshold: fail },
            ...(warn !== undefined && { warns: warn }),
            words: `${side} ${format(fail)}${warn === undefined ? "" : `, holds unless ${side} ${format(warn)}`}`,
            measuresData,
          },
        ]),
    ...(timesStable === undefined
      ? []
      : [
          {
            name: `${name}-vs-stable`,
            query: `(${canary}) / ${floor === undefined ? `(${stable})` : `clamp_min(${stable}, ${floor})`}`,
            passes: { is, threshold: timesStable },
            words: `${side} ${formatNumber(timesStable)} times the stable version's`,
            measuresData,
          },
        ]),
  ];
}

function ownMetric({ name, query, below, atLeast, warn }: OwnMetric, { canary }: Measured, window: number): Metric {
  const is = below === undefined ? ">=" : "<";
  const threshold = below ?? atLeast ?? 0;
  const side = is === "<" ? "below" : "at least";
  return {
    name,
    query: withVersion(query, canary, window),
    passes: { is, threshold },
    ...(warn !== undefined && { warns: warn }),
    words: `${side} ${formatNumber(threshold)}${warn === undefined ? "" : `, holds unless ${side} ${formatNumber(warn)}`}`,
    measuresData: false,
  };
}

/**
 * A query of the team's own, with the labels of one version and the window in their places. A comment ends before what
 * may follow.
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
