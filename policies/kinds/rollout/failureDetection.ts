import type { Step } from "../../../release/plan";
import { lags } from "../../../release/promise/promise";
import { secondsOf } from "../../languages/durations";
import { understood } from "../../languages/notParsed";
import { longest, mostFailures, within } from "../../metrics/bounds";
import { aboutRequests, type NeedsRequests, type SeesFailures } from "../../metrics/failedRequests";
import { detectedBy, type DetectingMetric, type FailureDetection } from "../../metrics/failureDetection";
import { NotReadable, type Field } from "../../objects/field";
import type { ObjectSet } from "../../objects/objectSet";
import { allTemplatesOf, argumentsOf, countingMetrics } from "./analyses";
import { outcome, parseConditions } from "./conditions";
import { countOf, providerOf } from "./measurements";
import { canaryOf, pauseOf, wholeOf } from "./steps";

/** How the analysis in the background finds requests that fail. */
export function failureDetectionOf(rollout: Field, objects: ObjectSet): FailureDetection {
  const canary = canaryOf(rollout);
  const steps = stepsOf(rollout);
  const background = canary.at("analysis");
  const begin = beginOf(canary);
  const templates = allTemplatesOf(background, objects);
  const args = argumentsOf(background, templates);
  const detected = detectedBy(countingMetrics(background, templates), (metric) => detectingMetric(metric, args, begin));
  return { steps, holdsOnFailure: false, ...detected };
}

/** Weights and mirrored shares, each with the pauses until the next one. */
function stepsOf(rollout: Field): FailureDetection["steps"] {
  const canary = canaryOf(rollout);
  const steps: { field: Field; weight: number; mirror?: number; hold: Step["hold"] }[] = [];
  for (const step of canary.at("steps").list()) {
    const [field, share] = [step.at("setWeight"), step.at("setMirrorRoute", "percentage")];
    const last = steps.at(-1);
    const other = ["analysis", "experiment", "plugin"].map((kind) => step.at(kind)).find(({ exists }) => exists);
    if (other && last) throw new NotReadable(other, "takes a time that is not known here");
    if (field.exists) steps.push({ field, weight: weightOf(rollout, field, last?.weight ?? 0), hold: 0 });
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

function weightOf(rollout: Field, field: Field, before: number): number {
  const canary = canaryOf(rollout);
  const weight = within(field, ((field.number() ?? 0) / wholeOf(canary)) * 100, 0, 100);
  if (weight < before) throw new NotReadable(field, "is less than the weight before it");
  if (canary.at("trafficRouting").exists) return weight;
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

type Arguments = ReadonlyMap<string, Field>;

function detectingMetric(metric: Field, args: Arguments, begin: number): DetectingMetric | NeedsRequests | undefined {
  const read = readMetric(metric, args);
  if (!read || "leastRequestRate" in read) return read;
  if (countOf(metric) < Infinity)
    throw new NotReadable(metric.at("count"), "ends the measurements before the release may have ended");
  const limit = metric.at("failureLimit").number() ?? 0;
  if (limit < 0) return undefined;
  const failuresTolerated = within(metric.at("failureLimit"), limit, 0, mostFailures);
  const interval = within(metric.at("interval"), secondsOf(metric.at("interval")), 0.1, longest);
  const delay = metric.at("initialDelay");
  return {
    ...read,
    interval,
    failuresTolerated,
    schedule: {
      first: begin + lags.controller + within(delay, secondsOf(delay) ?? 0, 0, longest),
      every: interval + lags.query,
      untilBack: lags.query + lags.controller + lags.router,
    },
  };
}

function readMetric(metric: Field, args: Arguments): SeesFailures | NeedsRequests | undefined {
  if (providerOf(metric) !== "prometheus")
    throw new NotReadable(
      metric.at("provider"),
      `is ${providerOf(metric) || "missing"}, and what that asks for is not known here; known: prometheus`,
    );
  const condition = (name: string) => {
    const text = filled(metric.at(name), args);
    if (text.includes("{{")) throw new NotReadable(metric.at(name), "has an argument whose value is not known here");
    return text;
  };
  const [success, failure] = [condition("successCondition"), condition("failureCondition")];
  const conditions = understood(metric, () => parseConditions(success, failure));
  const query = metric.at("provider", "prometheus", "query");
  return aboutRequests(query, filled(query, args), (result) => outcome(conditions, result));
}

/** A text with the arguments' values, as far as these are given as text. */
function filled(field: Field, args: Arguments): string {
  const valueOf = (name: string) => {
    const value = args.get(name)?.at("value");
    return value?.exists && value.known ? value.text() : undefined;
  };
  const tags = /\{\{\s*args\.([^{}\s]+)\s*\}\}/g;
  return field.text()?.replace(tags, (tag, name: string) => valueOf(name) ?? tag) ?? "";
}
