import { z } from "zod";
import { failsWithoutDataFrom, neededRate, type NoData } from "../metrics/metrics";
import { received, type Decisions, type Step } from "../plan";
import { formatDuration, formatNumber, formatRateBelow } from "../units";
import type { ControllerTraits } from "./measuring";
import { checkOwnMetrics, ownMetricSchema } from "./ownMetrics";
import { thresholdsSchema } from "./thresholds";
import { duration, listOf, path, rate, text, whole, type Refuse, url } from "./valueTypes";

export const telemetryNames = ["application", "ingress-nginx", "istio", "traefik"] as const;
export type TelemetryName = (typeof telemetryNames)[number];

const noDataRule =
  'what no data means; accepted: "fail", "hold", "hold, then fail", or {pass: "<the reason, in at least ten characters>"}';

const reasonRule =
  "what no data means is that the canary passes, for a reason; accepted: 10 to 1000 characters of one line";

/** What the canary is judged by, and how it is measured. */
export const judgementKeys = {
  thresholds: thresholdsSchema
    .prefault({})
    .describe("Bounds that the canary must keep: each a value that fails it, or {fail, warn, timesStable}."),
  metrics: listOf(ownMetricSchema, 64)
    .prefault([])
    .describe(
      "Metrics of the team's own, in PromQL: <canary> stands for the labels of the canary's series, <window> for the window.",
    ),
  judgement: z
    .strictObject({
      interval: duration("the time between two measurements", 1, 3600)
        .optional()
        .describe("Time between two measurements. 30s unless given; with Flagger at least the initial delay."),
      window: duration("the span that one measurement looks at", 1, 6 * 3600)
        .prefault("2m")
        .describe("Span that each measurement looks at: at least four scrape intervals."),
      initialDelay: duration("the time from the first weight to the first measurement", 1, 3600)
        .optional()
        .describe("Time from the first weight to the first measurement. 10s and two scrape intervals unless given."),
      failuresTolerated: whole(0, 100, "how many measurements may fail in the whole release")
        .default(2)
        .describe(
          "How many measurements of one metric (with Flagger of all metrics together) may fail in the whole release; the next one takes the canary back.",
        ),
      noData: z
        .union(
          [
            z.enum(["fail", "hold", "hold, then fail"]),
            z.strictObject({
              pass: text(/^[^\p{C}\u2028\u2029]*$/u, reasonRule)
                .trim()
                .min(10, { error: reasonRule })
                .max(1000, { error: reasonRule })
                .describe("Why a canary may go on that nobody asks for anything."),
            }),
          ],
          { error: noDataRule },
        )
        .optional()
        .describe(
          'What a measurement without data means: fail, hold for a person, "hold, then fail" (hold in the first step alone), or {pass: reason}. Unless given, "hold, then fail"; where nobody is asked, fail.',
        ),
      leastRequestRate: rate("the rate of requests below which a canary cannot be judged")
        .prefault("6/m")
        .describe("Fewer requests than these are too few to judge, and count as no data."),
    })
    .prefault({})
    .describe("How the canary is measured, and what a measurement without data means."),
  telemetry: z
    .enum(telemetryNames, { error: `who counts the requests; accepted: ${telemetryNames.join(", ")}` })
    .default("application")
    .describe(
      "Who counts the canary's requests: application (under OpenTelemetry's names), or ingress-nginx, istio, traefik in its place.",
    ),
  metricsPath: path("the path where each pod serves its metrics")
    .default("/metrics")
    .describe("Path where each pod serves its Prometheus metrics."),
  prometheus: z
    .strictObject({
      address: url("where Prometheus answers")
        .prefault("http://prometheus.monitoring:9090")
        .describe("URL of Prometheus, as the controller reaches it."),
      scrapeInterval: duration("the time between two scrapes", 1, 600)
        .prefault("30s")
        .describe("Time between two scrapes of the pods."),
    })
    .prefault({})
    .describe("Where the metrics are, and how often Prometheus scrapes the pods."),
};

type Judging = z.output<z.ZodObject<typeof judgementKeys>>;

/**
 * What no data means where nobody says: a canary that nobody asks for anything yet holds at its first weight, and fails
 * at a later one. Where nobody is asked it fails; and in an untimed first step it holds.
 */
export function noDataOf(
  { judgement, decisions }: Pick<Judging, "judgement"> & { readonly decisions: Decisions },
  plan: readonly Step[],
  { holdsByItself }: ControllerTraits,
): NoData {
  if (judgement.noData !== undefined) return judgement.noData;
  if (!holdsByItself || decisions === "automatic") return "fail";
  return plan[0]?.hold === "until promoted" ? "hold" : "hold, then fail";
}

export function checkJudgement(
  { judgement, prometheus, metrics }: Judging,
  plan: readonly Step[],
  refuse: Refuse,
): void {
  if (judgement.noData === "hold, then fail" && plan[0]?.hold === "until promoted")
    refuse(
      ["judgement", "noData"],
      'the first hold ends when a person promotes, so that nobody knows when to fail; accepted: "hold", "fail", or a first hold with a time',
    );
  const least = 4 * prometheus.scrapeInterval;
  checkOwnMetrics(metrics, least, refuse);
  if (judgement.window < least)
    refuse(
      ["judgement", "window"],
      `a window spans at least four scrape intervals; accepted: ${formatDuration(least)} or longer`,
    );
}

interface Requested {
  readonly judgement: { readonly noData: NoData; readonly leastRequestRate: number };
  readonly requestRate: number | undefined;
  /** Whether segments or a cookie may send the canary more than its weight. */
  readonly hasAudience: boolean;
}

/** Refuses a plan with a step that takes each canary back, because it has too few requests even at the peak. */
export function checkEnoughRequests(
  { judgement, requestRate = Infinity, hasAudience }: Requested,
  plan: readonly Step[],
  refuse: Refuse,
): void {
  if (hasAudience) return;
  const found = plan.findIndex(
    (step, index) => index >= failsWithoutDataFrom(judgement) && requestRate < neededRate(step, judgement),
  );
  const step = plan[found];
  if (step === undefined) return;
  const most = requestRate * received(step);
  refuse(
    ["judgement", "leastRequestRate"],
    `a canary needs ${formatNumber(judgement.leastRequestRate)} requests/s to be judged, and step ${found + 1} gives it at most ${formatNumber(most)} of the ${formatNumber(requestRate)} that all users make (traffic.requestRate), so that no release would get past it; accepted: at most "${formatRateBelow(most)}", noData = "hold" or {pass: <reason>}, or a larger weight`,
  );
}
