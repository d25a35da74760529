import { answerWithoutSeries } from "../../languages/answerWithoutSeries";
import { understood } from "../../languages/notParsed";
import type { ReleaseMetric } from "../../metrics/metric";
import { valuesAround } from "../../metrics/sampleValues";
import { NotReadable, type Fault, type Field } from "../../objects/field";
import type { ObjectSet } from "../../objects/objectSet";
import { metricTemplateOf, queryFieldOf, sentQuery } from "./query";

/** A metric of a Canary: each check measures it once. */
export function checkOf(field: Field, canary: Field, objects: ObjectSet): ReleaseMetric {
  return {
    field,
    template: () => metricTemplateOf(field, objects),
    whyItCannotFail: () => whyItCannotFail(field, objects),
    whyItDecidesNothing: () => whyItDecidesNothing(field),
    whyItPassesWithoutData: () => whyItPassesWithoutData(field, objects),
    query: () => sentQuery(field, canary, objects),
  };
}

/** The metrics that Flagger has queries of its own for. */
const builtIn: Readonly<Record<string, { readonly least: number; readonly most: number }>> = {
  "request-success-rate": { least: 0, most: 100 },
  "request-duration": { least: 0, most: Infinity },
};

const nameOf = (metric: Field) => metric.at("name").text() ?? "";

/** The values that a metric of Flagger's own can have; nothing for others. */
export function builtInOf(metric: Field) {
  const name = nameOf(metric);
  return Object.hasOwn(builtIn, name) ? builtIn[name] : undefined;
}

/** Whether a check with this value passes: within thresholdRange, or within the older threshold. */
export function passes(metric: Field, value: number): boolean {
  const range = metric.at("thresholdRange");
  if (range.exists) {
    const [least, most] = [range.at("min").number() ?? -Infinity, range.at("max").number() ?? Infinity];
    return value >= least && value <= most;
  }
  const threshold = metric.at("threshold").number() ?? 0;
  return nameOf(metric) === "request-success-rate" ? value >= threshold : value <= threshold;
}

function whyItCannotFail(metric: Field, objects: ObjectSet): Fault | undefined {
  const [name, range] = [nameOf(metric), metric.at("thresholdRange")];
  const hasRange = range.keys().some((key) => ["min", "max"].includes(key));
  const isUnbounded = name === "request-success-rate" && !range.exists && (metric.at("threshold").number() ?? 0) <= 0;
  if ((range.exists && !hasRange) || isUnbounded)
    return {
      at: range,
      reason: `the metric ${name} has no bound, so that each check passes; accepted: a thresholdRange with a min or a max`,
    };
  // What a template asks is not known where it is not seen.
  metricTemplateOf(metric, objects);
  return undefined;
}

function whyItDecidesNothing(metric: Field): Fault | undefined {
  const range = metric.at("thresholdRange");
  if (range.exists && !range.at("min").exists && !range.at("max").exists) return undefined;
  const { least, most } = builtInOf(metric) ?? { least: -Infinity, most: Infinity };
  const numbers = [range.at("min"), range.at("max"), metric.at("threshold")].map((field) => field.number() ?? 0);
  const found = new Set(valuesAround(numbers, least, most).map((value) => passes(metric, value)));
  const that = `value that the metric ${nameOf(metric)} can have passes; accepted: a thresholdRange that some values are`;
  if (!found.has(true)) return { at: metric, reason: `no ${that} in` };
  return !found.has(false) && range.exists ? { at: range, reason: `every ${that} not in` } : undefined;
}

/** Only a query's own default is a value that Flagger would compare. */
function whyItPassesWithoutData(metric: Field, objects: ObjectSet): Fault | undefined {
  const template = metricTemplateOf(metric, objects);
  const query = queryFieldOf(metric, template);
  if (!query.exists) return undefined;
  const type = template?.at("spec", "provider", "type");
  if (type && type.text() !== "prometheus")
    throw new NotReadable(
      type,
      "is a provider of which it is not known here what it answers without data; known: prometheus",
    );
  const answer = understood(query, () => answerWithoutSeries(query.text() ?? ""));
  if (answer === "nothing" || Number.isNaN(answer) || !passes(metric, answer)) return undefined;
  return {
    at: metric,
    reason: `the metric ${nameOf(metric)} counts the ${answer} that its query answers where there are no series as a success`,
  };
}
