import type { Schedule } from "../../release/promise/worstCase";
import type { Step } from "../../release/plan";
import { lags } from "../../release/promise/promise";
import { collectTemplates, countingMetrics } from "./analyses";
import { analysisOf, builtInOf, checkPasses, intervalOf, stepWeights } from "../kinds/canary";
import type { Result } from "../languages/condition";
import { secondsOf } from "../languages/durations";
import { aboutRequests, type NeedsRequests, type SeesFailures } from "./failedRequests";
import { NotReadable, type Field } from "../objects/field";
import { metricTemplateOf, rendered } from "./flaggerQuery";
import { countOf, outcome, parseConditions, providerOf, readable, type Outcome } from "./analysisMetric";
import type { Objects } from "../objects/objects";
import { isFlagger } from "../kinds/release";
import { parsed } from "../languages/emptyAnswer";
import { canaryOf, pauseOf } from "../kinds/rollout";

/** How a release is watched for requests that fail, as its objects say. */
export interface Monitoring {
  readonly steps: readonly (Step & { readonly field: Field })[];
  /** The metrics that take it back. */
  readonly metrics: readonly MonitoredMetric[];
  /** Whether a measurement that fails keeps the weight from rising. */
  readonly holdsOnFailure: boolean;
  /** With fewer requests per second than these it does not go on; 0 where it does. */
  readonly leastRequestRate: number;
  /** Why a metric that may take it back could not be read. */
  readonly unread?: NotReadable;
}

/** A metric that takes a release back; times in seconds. */
export interface MonitoredMetric extends SeesFailures {
  readonly interval: number;
  readonly failuresTolerated: number;
  readonly schedule: Schedule;
}

/** Reads a release that moves weights. Throws `NotReadable` for steps whose time is not known. */
export function monitoringOf(release: Field, objects: Objects): Monitoring {
  return isFlagger(release) ? ofCanary(release, objects) : ofRollout(release, objects);
}

function ofRollout(rollout: Field, objects: Objects): Monitoring {
  const canary = canaryOf(rollout);
  const steps = stepsOfRollout(rollout);
  const background = canary.at("analysis");
  const begin = beginOf(canary);
  const templates = templatesOf(background, objects);
  const values = valuesOf(background, templates);
  const reading = readEach(countingMetrics(background, templates), (metric) => {
    const read = readMetric(metric, values);
    if (!read || "leastRequestRate" in read) return read;
    if (countOf(metric) < Infinity)
      throw new NotReadable(metric.at("count"), "ends the measurements before the release may have ended");
    const limit = metric.at("failureLimit").number() ?? 0;
    if (limit < 0) return undefined;
    const failuresTolerated = within(metric.at("failureLimit"), limit, 0, mostFailures);
    const interval = within(metric.at("interval"), secondsOf(metric.at("interval")), 0.1, longest);
    const first =
      begin +
      lags.controller +
      within(metric.at("initialDelay"), secondsOf(metric.at("initialDelay")) ?? 0, 0, longest);
    return {
      ...read,
      interval,
      failuresTolerated,
      schedule: { first, every: interval + lags.query, untilBack: lags.query + lags.controller + lags.router },
    };
  });
  return { steps, holdsOnFailure: false, ...reading };
}

/** Weights and mirrored shares, each with the pauses until the next one. */
function stepsOfRollout(rollout: Field): Monitoring["steps"] {
  const canary = canaryOf(rollout);
  const whole = canary.at("trafficRouting", "maxTrafficWeight").number() ?? 100;
  const steps: { field: Field; weight: number; mirror?: number; hold: Step["hold"] }[] = [];
  for (const step of canary.at("steps").list()) {
    const [field, share] = [step.at("setWeight"), step.at("setMirrorRoute", "percentage")];
    const last = steps.at(-1);
    const other = ["analysis", "experiment", "plugin"].map((kind) => step.at(kind)).find(({ exists }) => exists);
    if (other && last) throw new NotReadable(other, "takes a time that is not known here");
    if (field.exists) steps.push({ field, weight: weightOf(rollout, field, whole, last?.weight ?? 0), hold: 0 });
    else if (share.exists)
      steps.push({ field: share, weight: last?.weight ?? 0, mirror: within(share, share.number(), 0, 100), hold: 0 });
    const paused = pauseOf(step);
    if (last && paused > 0)
      last.hold =
        last.hold === "until promoted" || paused === Infinity
          ? "until promoted"
          : last.hold + within(step, paused, 0, longest);
  }
  return steps;
}

function weightOf(rollout: Field, field: Field, whole: number, before: number): number {
  const weight = within(field, ((field.number() ?? 0) / whole) * 100, 0, 100);
  if (weight < before) throw new NotReadable(field, "is less than the weight before it");
  if (canaryOf(rollout).at("trafficRouting").exists) return weight;
  const pods = ((rollout.at("spec", "replicas").number() ?? 1) * weight) / 100;
  if (Math.abs(pods - Math.round(pods)) > 1e-9)
    throw new NotReadable(
      field,
      "is no whole number of pods, which are what splits the requests without a trafficRouting",
    );
  return weight;
}

/** Seconds from the first weight to the begin of the analysis. */
function beginOf(canary: Field): number {
  const steps = canary.at("steps").list();
  const from = steps.findIndex((step) => step.at("setWeight").exists || step.at("setMirrorRoute", "percentage").exists);
  const start = canary.at("analysis", "startingStep");
  const seconds = steps.slice(from, start.number() ?? 0).reduce((sum, step) => sum + pauseOf(step), 0);
  return within(start, seconds, 0, longest);
}

function templatesOf(analysis: Field, objects: Objects): readonly Field[] {
  const templates: Field[] = [];
  const [unseen] = collectTemplates(analysis.at("templates"), objects, templates);
  if (unseen) throw new NotReadable(analysis.at("templates"), unseen.message);
  return templates;
}

/** The arguments of an analysis whose values are given as text. */
function valuesOf(analysis: Field, templates: readonly Field[]): ReadonlyMap<string, string> {
  const all = [...templates.flatMap((template) => template.at("spec", "args").list()), ...analysis.at("args").list()];
  const given = all.filter((argument) => argument.at("value").exists && argument.at("value").known);
  return new Map(given.map((argument) => [argument.at("name").text() ?? "", argument.at("value").text() ?? ""]));
}

function readMetric(metric: Field, values: ReadonlyMap<string, string>): SeesFailures | NeedsRequests | undefined {
  if (providerOf(metric) !== "prometheus")
    throw new NotReadable(
      metric.at("provider"),
      `is ${providerOf(metric) || "missing"}, and what that asks for is not known here; known: prometheus`,
    );
  const filled = (field: Field) =>
    field.text()?.replace(/\{\{\s*args\.([^{}\s]+)\s*\}\}/g, (tag, name: string) => values.get(name) ?? tag) ?? "";
  const [success, failure] = ["successCondition", "failureCondition"].map((name) => {
    const [field, text] = [metric.at(name), filled(metric.at(name))];
    if (text.includes("{{")) throw new NotReadable(field, "has an argument whose value is not known here");
    return text;
  });
  const conditions = readable(metric, () => parseConditions(success ?? "", failure ?? ""));
  const query = metric.at("provider", "prometheus", "query");
  return readQuery(query, filled(query), (result) => outcome(conditions, result));
}

/** A range that is still an argument is not known. */
function readQuery(
  field: Field,
  query: string,
  outcomeOf: (result: Result) => Outcome,
): SeesFailures | NeedsRequests | undefined {
  if (/\[\s*\{\{/.test(query))
    throw new NotReadable(field, "looks back over an argument whose value is not known here");
  return aboutRequests(
    field,
    readable(field, () => parsed(query)),
    outcomeOf,
  );
}

function ofCanary(canary: Field, objects: Objects): Monitoring {
  const analysis = analysisOf(canary);
  const gate = analysis
    .at("webhooks")
    .list()
    .find((webhook) => /^confirm-(traffic-increase|promotion)$/.test(webhook.at("type").text() ?? ""));
  if (gate) throw new NotReadable(gate, "holds a weight for a time that is not known here");
  const interval = within(analysis.at("interval"), intervalOf(analysis), 10, longest);
  const mirror = analysis.at("mirror").isTrue
    ? [
        {
          field: analysis.at("mirror"),
          weight: 0,
          mirror: within(analysis.at("mirrorWeight"), analysis.at("mirrorWeight").number() ?? 100, 0, 100),
          hold: interval,
        },
      ]
    : [];
  const weights = [...stepWeights(analysis)].filter(({ percent }) => percent > 0);
  const threshold = within(
    analysis.at("threshold"),
    Math.max(1, analysis.at("threshold").number() ?? 1),
    1,
    mostFailures,
  );
  const schedule = { first: interval, every: interval, untilBack: interval + lags.query + lags.router };
  const reading = readEach(analysis.at("metrics").list(), (metric) => {
    const read = readCheck(metric, canary, objects);
    return !read || "leastRequestRate" in read
      ? read
      : { ...read, interval, failuresTolerated: threshold - 1, schedule };
  });
  // A check that fails holds the weight: so many of them take the release back, and one that passes ends the plan.
  const held = (index: number) => (index === weights.length - 1 ? threshold * interval : interval);
  return {
    steps: [
      ...mirror,
      ...weights.map(({ field, percent }, index) => ({
        field,
        weight: within(field, percent, 0, 100),
        hold: held(index),
      })),
    ],
    holdsOnFailure: true,
    ...reading,
  };
}

/** The metric that Flagger itself has a query for counts answers with 5xx, in percent of those without. */
function readCheck(metric: Field, canary: Field, objects: Objects): SeesFailures | NeedsRequests | undefined {
  const window = metric.at("interval").text() || "1m";
  const template = metricTemplateOf(metric, objects);
  const field = template?.at("spec", "query") ?? metric.at("query");
  const outcomeOf = (value: number): Outcome => (checkPasses(metric, value) ? "success" : "failure");
  const isSuccessRate = !field.exists && metric.at("name").text() === "request-success-rate";
  if (isSuccessRate)
    return readQuery(
      metric.at("interval"),
      `100 - 100 * sum(rate(failed[${window}])) / sum(rate(requests[${window}]))`,
      (result) => outcomeOf(first(result)),
    );
  if (!field.exists && builtInOf(metric)) return undefined;
  const type = template?.at("spec", "provider", "type");
  if (type && type.text() !== "prometheus")
    throw new NotReadable(type, "is a provider whose queries are not known here; known: prometheus");
  const query = (field.text() ?? "").replace(/\{\{\s*interval\s*\}\}/g, window);
  return readQuery(field, /\[\s*\{\{/.test(query) ? query : rendered(query, canary), (result) =>
    outcomeOf(first(result)),
  );
}

const first = (result: Result) => (typeof result === "number" ? result : (result?.[0] ?? NaN));

/** What each metric says of requests; one that cannot be read is told beside those that can. */
function readEach(
  metrics: readonly Field[],
  read: (metric: Field) => MonitoredMetric | NeedsRequests | undefined,
): Pick<Monitoring, "metrics" | "leastRequestRate" | "unread"> {
  let unread: NotReadable | undefined;
  const found = metrics.flatMap((metric) => {
    try {
      return read(metric) ?? [];
    } catch (error) {
      if (!(error instanceof NotReadable)) throw error;
      unread ??= error;
      return [];
    }
  });
  const watching = found.filter((each) => "threshold" in each);
  const least = found.flatMap((each) => ("leastRequestRate" in each ? [each.leastRequestRate] : []));
  return { metrics: watching, leastRequestRate: least.length > 0 ? Math.min(...least) : 0, ...(unread && { unread }) };
}

/** Times are no longer than this, lest what is worked out with them be. */
const longest = 30 * 24 * 3600;
const mostFailures = 1000;

function within(field: Field, value: number | undefined, least: number, most: number): number {
  if (value !== undefined && value >= least && value <= most) return value;
  throw new NotReadable(field, `is ${value ?? "missing"}; known here: ${least} to ${most}`);
}
