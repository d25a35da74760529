import { Field, NotReadable, type Input } from "../objects/field";
import { labelsOf, type LabelMap } from "../objects/labels";
import { besideHaving, nameIn } from "../objects/lookup";
import { kindOf, type Key, type Objects } from "../objects/objects";
import { isFlagger } from "./release";
import { memoizedByObject } from "../objects/memoize";

/** Kinds of objects that have pods of their own, or name another one that has. */
export const workloadKinds = ["apps/Deployment", "apps/DaemonSet", "argoproj.io/Rollout", "flagger.app/Canary"];

/** What a workload takes its pods from instead of having a template of its own. */
export function podsElsewhere(workload: Field): Field | undefined {
  const reference = readable(workload.at("spec", isFlagger(workload) ? "targetRef" : "workloadRef"));
  return isFlagger(workload) || reference.exists ? reference : undefined;
}

/**
 * The pods' template of a workload; nothing where it is that of another object, which is judged itself. Throws
 * `NotReadable` where that is not among the objects.
 */
export function podTemplateOf(workload: Field, objects: Objects): Field | undefined {
  const reference = podsElsewhere(workload);
  if (!reference) return workload.at("spec", "template");
  if (reference.at("kind").text() === "Service")
    throw new NotReadable(reference, "is a Service, whose pods are not seen here");
  objects.named(`apps/${reference.at("kind").text() ?? ""}`, reference.at("name"));
  return undefined;
}

/** The containers of a workload that are its own, as `podTemplateOf`; with those that run before the others. */
export function containersOf(
  workload: Field,
  objects: Objects,
  lists: readonly string[] = ["containers"],
): readonly Field[] {
  const pod = podTemplateOf(workload, objects)?.at("spec");
  return pod ? lists.flatMap((list) => pod.at(list).list()).map(readable) : [];
}

/** A field that is known, or absent. Throws `NotReadable` otherwise. */
function readable(field: Field): Field {
  field.keys();
  return field;
}

export const everyContainer = ["containers", "initContainers"];

/** How a message calls a container. */
export const containerName = (container: Field) => `the container ${container.at("name").text() ?? ""}`;

export const podLabelsOf = (workload: Field) => podLabels(workload.input);
const podLabels = memoizedByObject((input: Input): LabelMap =>
  labelsOf(new Field(input).at("spec", "template", "metadata", "labels")),
);

/** The object of a kind among those beside a workload that names it in a field of its specification. */
function namedBy(kind: string, reference: string): (workload: Field, objects: Objects) => Field | undefined {
  const textOf = (kind: string | undefined, name: string | undefined) => `${kind ?? ""} ${name ?? ""}`;
  const key: Key = {
    kind,
    textsOf: (other) => [
      textOf(other.at("spec", reference, "kind").text(), other.at("spec", reference, "name").text()),
    ],
  };
  return (workload, objects) => {
    const [, ownKind] = kindOf(workload.input).split("/");
    const isNamed = (target: Field) =>
      target.at("kind").text() === ownKind && target.at("name").text() === nameIn(workload);
    return besideHaving(workload, key, () => [textOf(ownKind, nameIn(workload))], objects).find((other) =>
      isNamed(other.at("spec", reference)),
    );
  };
}

export const autoscalerOf = namedBy("autoscaling/HorizontalPodAutoscaler", "scaleTargetRef");
export const canaryOfTarget = namedBy("flagger.app/Canary", "targetRef");
export const rolloutOfWorkload = namedBy("argoproj.io/Rollout", "workloadRef");

/**
 * Where the least number of a workload's pods is given, and the number; a Rollout scales the Deployment that it names.
 */
export function leastReplicas(workload: Field, objects: Objects): { readonly field: Field; readonly count: number } {
  const scaled = rolloutOfWorkload(workload, objects) ?? workload;
  const field = autoscalerOf(scaled, objects)?.at("spec", "minReplicas") ?? scaled.at("spec", "replicas");
  return { field, count: field.number() ?? 1 };
}

/** Whether a Deployment has the canary's pods alone: its name or a label of its pods says so. */
export function isCanaryAlone(deployment: Field): boolean {
  return [nameIn(deployment), ...Object.values(podLabelsOf(deployment))].some((text) =>
    /(^|[^a-z])canary([^a-z]|$)/.test(text),
  );
}
