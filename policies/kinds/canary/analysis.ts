import { parseGoDuration } from "../../languages/durations";
import { NotReadable, type Field } from "../../objects/field";
import type { Plan, Weight, WeightHold } from "../release";

/** The analysis of a Canary, also under its older name. */
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
function switchesAtOnce(canary: Field): boolean {
  return (analysisOf(canary).at("iterations").number() ?? 0) > 0;
}

/** Flagger looks a weight up by its value, and so never leaves one that is given twice. */
export function planOf(canary: Field): Plan | undefined {
  const analysis = analysisOf(canary);
  if (skipsAnalysis(canary) || switchesAtOnce(canary)) return undefined;
  return { at: analysis, endsAtRepeatedWeight: true, weights: () => weights(analysis) };
}

/** The weights that Flagger sets, in their order; stepWeight wins where stepWeights is given too. */
export function* weights(analysis: Field): Iterable<Weight> {
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

/** Each weight is held for one interval, unless a webhook holds it longer. */
export function* holdsOf(canary: Field): Iterable<WeightHold> {
  const analysis = analysisOf(canary);
  const interval = intervalOf(analysis);
  yield {
    field: analysis.at("interval"),
    words: "each weight is held for one interval, which is",
    accepted: "at least",
    seconds: (enough) => {
      if (interval >= enough) return interval;
      // There is no weight to hold.
      if ([...weights(analysis)].every(({ percent }) => percent >= 100)) return Infinity;
      const gate = webhookOf(analysis, "confirm-traffic-increase");
      if (gate) throw new NotReadable(gate, "holds each weight for a time that is not known here");
      return interval;
    },
  };
}

/** The first webhook of some types. */
export function webhookOf(analysis: Field, ...types: readonly string[]): Field | undefined {
  return analysis
    .at("webhooks")
    .list()
    .find((webhook) => types.includes(webhook.at("type").text() ?? ""));
}

/** Seconds between two checks, as Flagger reads them: 60 for what is not a duration, and never under 10. */
export function intervalOf(analysis: Field): number {
  return Math.max(10, parseGoDuration(analysis.at("interval").text() ?? "") ?? 60);
}
