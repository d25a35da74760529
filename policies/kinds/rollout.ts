import { secondsOf } from "../languages/durations";
import type { Field } from "../objects/field";

/** A weight that a plan gives the canary, in percent of the requests. */
export interface Weight {
  readonly field: Field;
  readonly percent: number;
}

/** The canary strategy of a Rollout; absent in one that is blue-green. */
export function canaryOf(rollout: Field): Field {
  return rollout.at("spec", "strategy", "canary");
}

/** The weights that a canary's steps set, in their order; `setWeight` counts in parts of `maxTrafficWeight`. */
export function* weights(canary: Field): Iterable<Weight> {
  const whole = canary.at("trafficRouting", "maxTrafficWeight").number() ?? 100;
  for (const step of canary.at("steps").list()) {
    const field = step.at("setWeight");
    if (field.exists) yield { field, percent: ((field.number() ?? 0) / whole) * 100 };
  }
}

/** A weight, and the steps until the next one. */
export interface Stage extends Weight {
  /** Its place among all steps. */
  readonly index: number;
  readonly steps: readonly Field[];
}

/** The stages of a canary's plan. */
export function stages(canary: Field): readonly Stage[] {
  const steps = canary.at("steps").list();
  const begins = steps.flatMap((step, index) => (step.at("setWeight").exists ? [index] : []));
  return [...weights(canary)].map((weight, order) => {
    const index = begins[order] ?? 0;
    return { ...weight, index, steps: steps.slice(index, begins[order + 1]) };
  });
}

/** Seconds that a step pauses: 0 for one of another kind, and without end for a pause until somebody promotes. */
export function pauseOf(step: Field): number {
  const pause = step.at("pause");
  return pause.exists ? (secondsOf(pause.at("duration")) ?? Infinity) : 0;
}

/** Writes a weight: "12.5 %". */
export function formatWeight(percent: number): string {
  return `${Number(percent.toPrecision(4))} %`;
}
