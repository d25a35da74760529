import { parseGoDuration } from "../languages/durations";
import { NotReadable, type Field } from "../objects/field";
import type { Weight } from "./rollout";

/** The analysis of a Flagger Canary, also under its older name. */
export function analysisOf(canary: Field): Field {
  const analysis = canary.at("spec", "analysis");
  const older = canary.at("spec", "canaryAnalysis");
  return !analysis.exists && older.exists ? older : analysis;
}

/** Whether Flagger promotes each version at once. */
export function skipsAnalysis(canary: Field): boolean {
  return !analysisOf(canary).exists || canary.at("spec", "skipAnalysis").isTrue;
}

/** Whether a Canary moves no weight, but switches as a whole after some checks: blue-green, and A/B tests. */
export function switchesAtOnce(canary: Field): boolean {
  return (analysisOf(canary).at("iterations").number() ?? 0) > 0;
}

/** The weights that Flagger sets, in their order; stepWeight wins where stepWeights is given too. */
export function* stepWeights(analysis: Field): Iterable<Weight> {
  const list = analysis.at("stepWeights").list();
  const field = analysis.at("stepWeight");
  const step = field.number() ?? 0;
  if (step <= 0) {
    for (const weight of list) yield { field: weight, percent: Math.min(100, weight.number() ?? 0) };
    return;
  }
  if (!Number.isInteger(step)) throw new NotReadable(field, "is not a whole number");
  const most = Math.min(100, list.at(-1)?.number() ?? (analysis.at("maxWeight").number() || 100));
  for (let percent = 0; percent < most;) {
    percent = Math.min(100, percent + step);
    yield { field, percent };
  }
}

/** Seconds between two checks, as Flagger reads them: 60 for what is not a duration, and never under 10. */
export function intervalOf(analysis: Field): number {
  return Math.max(10, parseGoDuration(analysis.at("interval").text() ?? "") ?? 60);
}

/** The Canary's metrics that Flagger has queries of its own for. */
export const builtIn: Readonly<Record<string, { readonly least: number; readonly most: number }>> = {
  "request-success-rate": { least: 0, most: 100 },
  "request-duration": { least: 0, most: Infinity },
};

export const builtInOf = (metric: Field) => {
  const name = metric.at("name").text() ?? "";
  return Object.hasOwn(builtIn, name) ? builtIn[name] : undefined;
};

/** Whether a check with this value passes: within thresholdRange, or within the older threshold. */
export function checkPasses(metric: Field, value: number): boolean {
  const range = metric.at("thresholdRange");
  if (range.exists) {
    const [least, most] = [range.at("min").number() ?? -Infinity, range.at("max").number() ?? Infinity];
    return value >= least && value <= most;
  }
  const threshold = metric.at("threshold").number() ?? 0;
  return metric.at("name").text() === "request-success-rate" ? value >= threshold : value <= threshold;
}
