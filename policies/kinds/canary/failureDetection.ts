import { lags } from "../../../release/promise/promise";
import type { Result } from "../../languages/condition";
import { longest, mostFailures, within } from "../../metrics/bounds";
import { aboutRequests, type NeedsRequests, type SeesFailures } from "../../metrics/failedRequests";
import { detectedBy, type FailureDetection } from "../../metrics/failureDetection";
import type { MeasurementOutcome } from "../../metrics/metric";
import { NotReadable, type Field } from "../../objects/field";
import type { ObjectSet } from "../../objects/objectSet";
import { analysisOf, intervalOf, webhookOf, weights } from "./analysis";
import { builtInOf, passes } from "./check";
import { metricTemplateOf, queryFieldOf, rendered } from "./query";

/** How the checks find requests that fail. */
export function failureDetectionOf(canary: Field, objects: ObjectSet): FailureDetection {
  const analysis = analysisOf(canary);
  const gate = webhookOf(analysis, "confirm-traffic-increase", "confirm-promotion");
  if (gate) throw new NotReadable(gate, "holds a weight for a time that is not known here");
  const interval = within(analysis.at("interval"), intervalOf(analysis), 10, longest);
  const field = analysis.at("threshold");
  const threshold = within(field, Math.max(1, field.number() ?? 1), 1, mostFailures);
  const schedule = { first: interval, every: interval, untilBack: interval + lags.query + lags.router };
  const detected = detectedBy(analysis.at("metrics").list(), (metric) => {
    const read = readCheck(metric, canary, objects);
    return !read || "leastRequestRate" in read
      ? read
      : { ...read, interval, failuresTolerated: threshold - 1, schedule };
  });
  return { steps: stepsOf(analysis, interval, threshold), holdsOnFailure: true, ...detected };
}

/** A check that fails holds the weight: so many of them take the release back, and one that passes ends the plan. */
function stepsOf(analysis: Field, interval: number, threshold: number): FailureDetection["steps"] {
  const all = [...weights(analysis)].filter(({ percent }) => percent > 0);
  const steps = all.map(({ field, percent }, index) => ({
    field,
    weight: within(field, percent, 0, 100),
    hold: index === all.length - 1 ? threshold * interval : interval,
  }));
  const [mirrors, share] = [analysis.at("mirror"), analysis.at("mirrorWeight")];
  if (!mirrors.isTrue) return steps;
  return [
    { field: mirrors, weight: 0, mirror: within(share, share.number() ?? 100, 0, 100), hold: interval },
    ...steps,
  ];
}

/** The metric that Flagger itself has a query for counts answers with 5xx, in percent of those without. */
function readCheck(metric: Field, canary: Field, objects: ObjectSet): SeesFailures | NeedsRequests | undefined {
  const window = metric.at("interval").text() || "1m";
  const template = metricTemplateOf(metric, objects);
  const field = queryFieldOf(metric, template);
  const outcomeOf = (result: Result): MeasurementOutcome => (passes(metric, firstOf(result)) ? "success" : "failure");
  if (!field.exists && metric.at("name").text() === "request-success-rate")
    return aboutRequests(
      metric.at("interval"),
      `100 - 100 * sum(rate(failed[${window}])) / sum(rate(requests[${window}]))`,
      outcomeOf,
    );
  if (!field.exists && builtInOf(metric)) return undefined;
  const type = template?.at("spec", "provider", "type");
  if (type && type.text() !== "prometheus")
    throw new NotReadable(type, "is a provider whose queries are not known here; known: prometheus");
  const query = (field.text() ?? "").replace(/\{\{\s*interval\s*\}\}/g, window);
  // A range that is still an argument is not filled in, for it to be found.
  return aboutRequests(field, /\[\s*\{\{/.test(query) ? query : rendered(query, canary), outcomeOf);
}

const firstOf = (result: Result) => (typeof result === "number" ? result : (result?.[0] ?? NaN));
