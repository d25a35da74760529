import type { Field } from "./field";

/** A weight that a Rollout sets, in percent of the requests. */
export interface Weight {
  readonly field: Field;
  readonly percent: number;
}

/** The canary strategy of a Rollout; absent in one that is blue-green. */
export function canaryOf(rollout: Field): Field {
  return rollout.at("spec", "strategy", "canary");
}

/** The weights above 0 that a canary's steps set, in their order; `setWeight` counts in parts of `maxTrafficWeight`. */
export function* weights(canary: Field): Iterable<Weight> {
  const whole = canary.at("trafficRouting", "maxTrafficWeight").number() ?? 100;
  for (const step of canary.at("steps").list()) {
    const field = step.at("setWeight");
    const weight = field.number() ?? 0;
    if (weight > 0) yield { field, percent: (weight / whole) * 100 };
  }
}

/** Writes a weight: "12.5 %". */
export function formatWeight(percent: number): string {
  return `${Number(percent.toPrecision(4))} %`;
}
