import { secondsOf } from "../../languages/durations";
import { NotReadable, type Field } from "../../objects/field";
import type { ObjectSet } from "../../objects/objectSet";
import { formatWeight, type Weight, type WeightHold } from "../release";
import { metricsOf } from "./analyses";
import { decidesItself, measuredFrom } from "./measurements";

/** The canary strategy of a Rollout; absent in one that is blue-green. */
export function canaryOf(rollout: Field): Field {
  return rollout.at("spec", "strategy", "canary");
}

/** The weight that is all requests. */
export const wholeOf = (canary: Field) => canary.at("trafficRouting", "maxTrafficWeight").number() ?? 100;

/** The weights that a canary's steps set, in their order; `setWeight` counts in parts of `maxTrafficWeight`. */
export function* weights(canary: Field): Iterable<Weight> {
  const whole = wholeOf(canary);
  for (const step of canary.at("steps").list()) {
    const field = step.at("setWeight");
    if (field.exists) yield { field, percent: ((field.number() ?? 0) / whole) * 100 };
  }
}

/** A weight, and the steps until the next one. */
export interface WeightStage extends Weight {
  /** Its place among all steps. */
  readonly index: number;
  readonly steps: readonly Field[];
}

/** The stages of a canary's plan. */
export function stages(canary: Field): readonly WeightStage[] {
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

/** For how long each weight below 100 is held by the steps until the next one. */
export function* holdsOf(rollout: Field, objects: ObjectSet): Iterable<WeightHold> {
  for (const { field, percent, steps } of stages(canaryOf(rollout))) {
    if (percent <= 0 || percent >= 100) continue;
    yield {
      field,
      words: `the weight ${formatWeight(percent)} is held for`,
      accepted: "a pause, or an analysis, of at least",
      seconds: (enough) => {
        const paused = sum(steps.map(pauseOf));
        return paused >= enough ? paused : paused + sum(steps.map((step) => measuredFor(step, objects)));
      },
    };
  }
}

const sum = (seconds: readonly number[]) => seconds.reduce((a, b) => a + b, 0);

function measuredFor(step: Field, objects: ObjectSet): number {
  for (const kind of ["plugin", "experiment"]) {
    if (step.at(kind).exists) return secondsOf(step.at(kind, "duration")) ?? neverKnown(step.at(kind));
  }
  if (!step.at("analysis").exists) return 0;
  const metrics = metricsOf(step.at("analysis"), objects);
  return Math.max(
    0,
    ...metrics.map((metric) => (decidesItself(metric) ? neverKnown(metric) : measuredFrom(metric).last)),
  );
}

function neverKnown(field: Field): never {
  throw new NotReadable(field, "takes a time that is not known here");
}
