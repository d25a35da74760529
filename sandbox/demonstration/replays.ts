import { describeRelease, type DescribedRelease } from "../../manifests/describe";
import type { ReleaseArgs } from "../../release/settings";
import { formatDuration, parseDuration } from "../../release/units";
import type { AddOn } from "../toolchain/toolchain";
import { demo, demoRelease } from "./demoRelease";
import type { DemonstratedRelease } from "./demonstration";

/** A release as it is in reality, which is replayed on the embedded cluster in a fraction of its time. */
export interface Replay {
  /** What the application, and its namespace, are called. */
  readonly name: ReplayName;
  readonly title: string;
  /** How many times as fast as in reality holds and measurements are. */
  readonly factor: number;
  /** What differs from the demonstration's release, with the times of reality. */
  readonly inReality: Partial<ReleaseArgs> & Timed;
  readonly addOns: readonly AddOn[];
  readonly releases: readonly DemonstratedRelease[];
}

interface Timed {
  readonly steps: NonNullable<ReleaseArgs["steps"]>;
  readonly judgement: NonNullable<ReleaseArgs["judgement"]>;
}

export const replayNames = ["api", "checkout", "flagger"] as const;
export type ReplayName = (typeof replayNames)[number];

const held = (hold: string, ...weights: readonly number[]) => weights.map((weight) => ({ weight, hold }));
const firstDeploy: DemonstratedRelease = { title: "first deploy", version: "v1", expected: "deployed" };
const everyMinute = {
  interval: "1m",
  window: "5m",
  failuresTolerated: 2,
  noData: "fail",
  leastRequestRate: "1/s",
} as const;

export const replays: readonly Replay[] = [
  {
    name: "api",
    title: "an API service goes through 5, 25, 50 and 100 % to the end, within an hour",
    factor: 60,
    inReality: { steps: held("12m", 5, 25, 50, 100), judgement: { ...everyMinute, initialDelay: "6m" } },
    addOns: [],
    releases: [firstDeploy, { title: "a good version", version: "v2", expected: "promoted" }],
  },
  {
    name: "checkout",
    title:
      "a checkout page is taken back after ten minutes because fewer visitors convert, though no request fails or is slow",
    factor: 60,
    inReality: {
      steps: held("30m", 5, 25, 50, 100),
      thresholds: {
        errorRate: "5%",
        latency: { p95: "1s" },
        conversionRate: { of: "visitors_total", to: "conversions_total", fail: "10%" },
      },
      judgement: { ...everyMinute, initialDelay: "8m" },
    },
    addOns: [],
    releases: [
      firstDeploy,
      {
        title: "a version with which 4 % of the visitors convert in place of 12",
        version: "v2-converts-4",
        expected: "rolled back",
        because: "conversion-rate",
      },
    ],
  },
  {
    name: "flagger",
    title: "Flagger goes in steps of 5 to 25 %, then to 50 and 100",
    factor: 30,
    inReality: {
      controller: "flagger",
      steps: held("5m", 5, 10, 15, 20, 25, 50, 100),
      judgement: { ...everyMinute, interval: "5m", initialDelay: "5m" },
    },
    addOns: ["flagger"],
    releases: [firstDeploy, { title: "a good version", version: "v2", expected: "promoted" }],
  },
];

/** The replay of a name; throws with the names that there are. */
export function replayOf(name: string): Replay {
  const found = replays.find((replay) => replay.name === name);
  if (found === undefined) throw new Error(`There is no replay "${name}". Accepted: ${replayNames.join(", ")}.`);
  return found;
}

/** A version of the release that is replayed, with its times compressed. */
export function replayRelease({ name, factor, inReality }: Replay, version: string, prometheus: string): ReleaseArgs {
  const { requestsPerSecond } = demo;
  return demoRelease(version, prometheus, {
    application: name,
    namespace: name,
    host: `${name}.example.com`,
    ...inReality,
    ...compressed(inReality, factor),
    traffic: { requestRate: `${requestsPerSecond}/s`, errorRate: "0%" },
  });
}

/** The same as it is in reality, where Prometheus scrapes every half minute. */
export function inReality(replay: Replay): DescribedRelease {
  const address = "http://prometheus.monitoring:9090";
  return describeRelease({
    ...replayRelease(replay, "v1", address),
    ...replay.inReality,
    prometheus: { address, scrapeInterval: "30s" },
  });
}

function compressed({ steps, judgement }: Timed, factor: number): Timed {
  const shorter = (duration: string) => formatDuration((parseDuration(duration) ?? NaN) / factor);
  const { interval, window, initialDelay } = judgement;
  return {
    steps: steps.map(({ hold, ...step }) => ({ ...step, hold: hold === "until promoted" ? hold : shorter(hold) })),
    judgement: {
      ...judgement,
      ...(interval !== undefined && { interval: shorter(interval) }),
      ...(window !== undefined && { window: shorter(window) }),
      ...(initialDelay !== undefined && { initialDelay: shorter(initialDelay) }),
    },
  };
}
