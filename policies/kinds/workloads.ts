import { Field, nameIn, NotReadable } from "../objects/field";
import { kindOf, type Input } from "../objects/input";
import { labelsOf, type LabelMap } from "../objects/labels";
import { memoizedByObject } from "../objects/memoized";
import type { Key, ObjectSet } from "../objects/objectSet";
import { allReleaseKinds, releaseKindOf, releaseKinds } from "./releaseKinds";

/** Kinds of objects that have pods of their own, or name another one that has. */
export const workloadKinds = ["apps/Deployment", "apps/DaemonSet", ...releaseKinds];

/** Kinds of objects that say how many pods they have. */
export const scaledKinds = [
  "apps/Deployment",
  ...allReleaseKinds.filter(({ runsPods }) => runsPods).map(({ kind }) => kind),
];

/** What a workload takes its pods from instead of having a template of its own. */
export function podsElsewhere(workload: Field): Field | undefined {
  const kind = releaseKindOf(workload);
  if (!kind) return undefined;
  const reference = readable(workload.at("spec", kind.workloadReference));
  return !kind.runsPods || reference.exists ? reference : undefined;
}

/**
 * The pods' template of a workload; nothing where it is that of another object, which is judged itself. Throws
 * `NotReadable` where that is not among the objects.
 */
export function podTemplateOf(workload: Field, objects: ObjectSet): Field | undefined {
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
  objects: ObjectSet,
  lists: readonly string[] = ["containers"],
): readonly Field[] {
  const pod = podTemplateOf(workload, objects)?.at("spec");
  return pod ? lists.flatMap((list) => pod.at(list).list()).map(readable) : [];
}

/** A map that is known, or absent. Throws `NotReadable` otherwise. */
function readable(field: Field): Field {
  field.keys();
  return field;
}

/** Also those that run before the others, and those that are added to a pod that runs. */
export const everyContainer = ["containers", "initContainers", "ephemeralContainers"];

/** How a message calls a container. */
export const containerName = (container: Field) => `the container ${container.at("name").text() ?? ""}`;

export const podLabelsOf = (workload: Field) => podLabels(workload.input);
const podLabels = memoizedByObject((input: Input): LabelMap =>
  labelsOf(new Field(input).at("spec", "template", "metadata", "labels")),
);

/** Finds the object of a kind that names a workload in a field of its specification, in the workload's namespace. */
function finderOf(kind: string, reference: string): (workload: Field, objects: ObjectSet) => Field | undefined {
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
    return objects
      .inNamespaceHaving(workload, key, () => [textOf(ownKind, nameIn(workload))])
      .find((other) => isNamed(other.at("spec", reference)));
  };
}

const autoscalerOf = finderOf("autoscaling/HorizontalPodAutoscaler", "scaleTargetRef");
const finders = allReleaseKinds.map((kind) => ({ kind, find: finderOf(kind.kind, kind.workloadReference) }));

/** The labels of the pods that answer all of a workload's requests between two releases. */
export function stableLabelsOf(workload: Field, objects: ObjectSet): LabelMap {
  const labels = podLabelsOf(workload);
  const release = finders.find(({ kind, find }) => kind.stableLabels && find(workload, objects))?.kind;
  return release?.stableLabels?.(workload, labels) ?? labels;
}

/** The release that runs the pods of a workload instead of it. */
export function runnerOf(workload: Field, objects: ObjectSet): Field | undefined {
  for (const { kind, find } of finders) {
    const release = kind.runsPods ? find(workload, objects) : undefined;
    if (release) return release;
  }
  return undefined;
}

/** Where the least number of a workload's pods is given, and the number. */
export function leastReplicas(workload: Field, objects: ObjectSet): { readonly field: Field; readonly count: number } {
  const scaled = runnerOf(workload, objects) ?? workload;
  const field = autoscalerOf(scaled, objects)?.at("spec", "minReplicas") ?? scaled.at("spec", "replicas");
  return { field, count: field.number() ?? 1 };
}

/** Whether a Deployment has the canary's pods alone: its name or a label of its pods says so. */
export function isCanaryAlone(deployment: Field): boolean {
  return [nameIn(deployment), ...Object.values(podLabelsOf(deployment))].some((text) =>
    /(^|[^a-z])canary([^a-z]|$)/.test(text),
  );
}
