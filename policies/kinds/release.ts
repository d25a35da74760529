import { analysisOf, skipsAnalysis, stepWeights, switchesAtOnce } from "./canary";
import type { Field } from "../objects/field";
import { kindOf } from "../objects/objects";
import { canaryOf, weights, type Weight } from "./rollout";

/** Kinds that say how a version gets its weight: Argo Rollouts' and Flagger's. */
export const releaseKinds = ["argoproj.io/Rollout", "flagger.app/Canary"];

export function isFlagger({ input }: Field): boolean {
  return kindOf(input) === "flagger.app/Canary";
}

/** How the canary's weight is to move. */
export interface Plan {
  /** Where the steps are, or are missing. */
  readonly at: Field;
  /** In their order; read one by one, so that what is wrong before one that is not known is still found. */
  weights(): Iterable<Weight>;
}

/**
 * The plan of a Rollout or a Canary; nothing for one that moves no weight: blue-green, A/B tests, and a Canary without
 * an analysis.
 */
export function planOf(release: Field): Plan | undefined {
  if (!isFlagger(release)) {
    const canary = canaryOf(release);
    return canary.exists ? { at: canary.at("steps"), weights: () => weights(canary) } : undefined;
  }
  const analysis = analysisOf(release);
  if (skipsAnalysis(release) || switchesAtOnce(release)) return undefined;
  return { at: analysis, weights: () => stepWeights(analysis) };
}

/** The weights above 0. */
export function* positive(plan: Plan): Iterable<Weight> {
  for (const weight of plan.weights()) if (weight.percent > 0) yield weight;
}
