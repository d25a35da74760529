import { z } from "zod";
import { answersARange, answersOneSample, NotPromQL, parseQuery, rangesOf, selectorsOf } from "../metrics/promql";
import { wrongTypes } from "../metrics/promqlTypes";
import { formatDuration, parseDuration } from "../units";
import { label, type Refuse } from "./valueTypes";

const queryRule =
  'PromQL that answers one number for the canary alone; accepted: one sample, as of sum() without by, with <canary> in each selector\'s braces, as in "sum(rate(orders_failed_total{<canary>}[<window>]))"';

const boundRule =
  "a bound is a number that every program writes alike, in decimals; accepted: 0, or 0.000001 to 1000000000000000, above 0 or below";
const bound = z
  .number({ error: boundRule })
  .refine((value) => value === 0 || (Math.abs(value) >= 1e-6 && Math.abs(value) <= 1e15), { error: boundRule });

/** A metric of the team's own, as its author writes it. */
export const ownMetricSchema = z
  .strictObject({
    name: label("the name of a metric is a DNS label").describe("Name of the metric."),
    query: z
      .string({ error: queryRule })
      .superRefine((query, context) => {
        const why = wrongQuery(query);
        if (why !== undefined) context.addIssue({ code: "custom", message: `${why}; ${queryRule}`, continue: false });
      })
      .describe("PromQL that answers one number for the canary alone."),
    below: bound.optional().describe("What it must stay under."),
    atLeast: bound.optional().describe("What it must reach."),
    warn: bound.optional().describe("The same, for a warning that holds the release for a person."),
  })
  .refine(({ below, atLeast }) => (below === undefined) !== (atLeast === undefined), {
    error: "a metric without a bound passes whatever it measures; accepted: below or atLeast, one of them",
  })
  .refine(
    ({ below, atLeast, warn }) => warn === undefined || (below !== undefined ? warn < below : warn > (atLeast ?? 0)),
    { error: "a warning comes before the failure; accepted: warn on the good side of the bound" },
  );

/** PromQL in which `<canary>` stands for the labels of the canary's series, and `<window>` for the window. */
export type OwnMetric = z.output<typeof ownMetricSchema>;

function wrongQuery(query: string): string | undefined {
  try {
    const expression = parseQuery(withPlaces(query, "5m"));
    const mistyped = wrongTypes(withPlaces(query, "5m"));
    if (mistyped !== undefined) return `Prometheus would refuse it: ${mistyped}`;
    if (answersARange(expression)) return "it answers a range of samples, which no bound can be about";
    if (query.includes("{{")) return "Argo Rollouts and Flagger would expand {{";
    if (!answersOneSample(expression))
      return "it may answer a scalar, or several samples of which only the first is judged";
    const apart = selectorsOf(expression).map(({ matchers }) => matchers.some(({ label }) => label === ofCanary));
    return apart.length > 0 && apart.every(Boolean)
      ? undefined
      : "it does not tell the canary's series from the stable version's";
  } catch (error) {
    if (error instanceof NotPromQL) return `it is no PromQL: ${error.message}`;
    throw error;
  }
}

const withPlaces = (query: string, window: string) =>
  query.replaceAll("<canary>", `${ofCanary}="true"`).replaceAll("<window>", window);

/** A label that stands for the canary's own while a query is read. */
const ofCanary = "of_the_canary";

/** Names of the metrics that thresholds make. */
const builtIn =
  /^(request-rate(-first)?|smoke-test|(error-rate|success-rate|latency-.*|conversion-rate|cpu|memory|restarts)(-vs-stable)?)$/;

/** Refuses a name that another metric has, and a range in a query that is shorter than the least one, in seconds. */
export function checkOwnMetrics(metrics: readonly OwnMetric[], least: number, refuse: Refuse): void {
  metrics.forEach((metric, index) => checkOwnMetric(metric, index, metrics, least, refuse));
}

function checkOwnMetric(
  { name, query }: OwnMetric,
  index: number,
  metrics: readonly OwnMetric[],
  least: number,
  refuse: Refuse,
): void {
  const short = tooShortRange(query, least);
  if (short)
    refuse(
      ["metrics", index, "query"],
      `it looks back ${short}, which is less than four scrape intervals; accepted: <window>, or ${formatDuration(least)} or longer`,
    );
  if (builtIn.test(name) || metrics.slice(0, index).some((other) => other.name === name))
    refuse(["metrics", index, "name"], "a metric's name is its own; accepted: one that no other metric has");
}

/** The first range in a query that is shorter than it may be, in seconds; nothing where none is. */
function tooShortRange(query: string, least: number): string | undefined {
  return rangesOf(parseQuery(withPlaces(query, formatDuration(least)))).find(
    (range) => (parseDuration(range) ?? Infinity) < least,
  );
}
