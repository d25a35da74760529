import type { JudgingMetric } from "../metrics/metric";
import type { Field } from "../objects/field";
import { kindOf } from "../objects/input";
import type { ObjectSet } from "../objects/objectSet";
import { canary } from "./canary";
import type { ReleaseKind } from "./release";
import { rollout } from "./rollout";

/** Every kind of release that is known here. */
export const allReleaseKinds: readonly ReleaseKind[] = [rollout, canary];

export const releaseKinds = allReleaseKinds.map(({ kind }) => kind);
/** Those whose controllers move requests with what others declare. */
export const routedKinds = allReleaseKinds.filter(({ routing }) => routing).map(({ kind }) => kind);

/** Nothing for an object that is no release. */
export function releaseKindOf({ input }: Field): ReleaseKind | undefined {
  return allReleaseKinds.find(({ kind }) => kind === kindOf(input));
}

const metricsIn: ReleaseKind["metricsIn"] = Object.assign({}, ...allReleaseKinds.map((each) => each.metricsIn));
const queriesIn: ReleaseKind["queriesIn"] = Object.assign({}, ...allReleaseKinds.map((each) => each.queriesIn));

/** The kinds of objects that have metrics in them. */
export const metricKinds = Object.keys(metricsIn);
/** The kinds of objects that have PromQL in them. */
export const queryKinds = Object.keys(queriesIn);

/** The metrics in an object; none for other kinds. */
export function metricsOf(holder: Field, objects: ObjectSet): Iterable<JudgingMetric> {
  return metricsIn[kindOf(holder.input)]?.(holder, objects) ?? [];
}

/** The fields of an object that are PromQL; none for other kinds. */
export function queriesOf(holder: Field): Iterable<Field> {
  return queriesIn[kindOf(holder.input)]?.(holder) ?? [];
}
