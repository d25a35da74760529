import * as pulumi from "@pulumi/pulumi";
import { declaredAnnotation } from "../manifests/annotations";
import type { OwnedField, Role } from "../manifests/description";
import type { KubernetesObject, Metadata } from "../manifests/types/kubernetes";
import { shellQuoted } from "../manifests/shell";
import { fieldPath } from "../release/fieldPath";
import { printable } from "../release/printable";

type Inputs = Record<string, unknown>;
type Path = readonly (string | number)[];

/**
 * Fields of which a controller keeps what is in the cluster. A number of pods is none: an edit of it reaches the
 * autoscaler's own object, or is Flagger's, as its notice says.
 */
export function keptFields(role: Role, owned: readonly OwnedField[]): readonly OwnedField[] {
  return owned.filter((kept) => kept.role === role && kept.field !== "spec.replicas");
}

/** The object with what it declares in these fields written down beside them; without such fields the object itself. */
export function withDeclared<Described extends { readonly metadata: Metadata }>(
  object: Described,
  fields: readonly OwnedField[],
): Described {
  if (fields.length === 0) return object;
  const declared = Object.fromEntries(fields.map(({ field }) => [field, knownNow(valueAt(object, field.split(".")))]));
  const annotations = { ...object.metadata.annotations, [declaredAnnotation]: JSON.stringify(declared) };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/**
 * A hook that refuses, in a preview too, an edit that Pulumi would ignore: one for all objects. Pulumi's mocks take no
 * hooks, and wait for them for ever.
 */
export function lostEditHooks(name: string, by: string): readonly pulumi.ResourceHook[] {
  if (!pulumi.runtime.getEngine()) return [];
  return [new pulumi.ResourceHook(name, (update) => refuseLostEdit(update, by), { onDryRun: true })];
}

/** Refuses an edit inside a controller's field, unless the object as it was last seen in the cluster has it already. */
export function refuseLostEdit(
  { oldInputs, oldOutputs, newInputs }: Pick<pulumi.ResourceHookArgs, "oldInputs" | "oldOutputs" | "newInputs">,
  by: string,
): void {
  const [was, now] = [declaredIn(oldInputs), declaredIn(newInputs)];
  const lost = Object.keys(now).flatMap((field) => {
    const path = field.split(".");
    const edits =
      field in was
        ? editsOf(was[field], now[field], path)
        : editsOf(valueAt(oldInputs, path), now[field], path).filter(isNoWeight);
    return edits.filter((edit) => !isMade(edit, oldOutputs)).map((edit) => ({ ...edit, field }));
  });
  if (lost.length === 0) return;
  const { kind, metadata } = oldOutputs as KubernetesObject;
  const fields = [...new Set(lost.map(({ field }) => field))].join(" and ");
  const edits = lost.map(
    ({ path, is, wanted }) => `${fieldPath(path)} is ${inWords(is)} and would be ${inWords(wanted)}`,
  );
  throw new Error(
    `${kind} ${metadata.name}: ${fields} belongs to ${by}, and an edit inside it would be lost: ${printable(edits.join("; "))}; ` +
      `accepted: what was declared before, or the edit made in the cluster first: ${patchCommand(oldOutputs as KubernetesObject, lost)}, then: pulumi up --refresh`,
  );
}

/** A place inside a field whose declared value changes; undefined is absent. */
interface Edit {
  readonly path: Path;
  readonly is: unknown;
  readonly wanted: unknown;
}

function editsOf(is: unknown, wanted: unknown, path: Path): readonly Edit[] {
  if (Array.isArray(is) && Array.isArray(wanted)) {
    const both = Math.min(is.length, wanted.length);
    const added = wanted
      .slice(both)
      .map((value: unknown, index): Edit => ({ path: [...path, both + index], is: undefined, wanted: value }));
    // From the last on, as a patch has to take them out.
    const removed = is
      .slice(both)
      .map((value: unknown, index): Edit => ({ path: [...path, both + index], is: value, wanted: undefined }))
      .reverse();
    return [
      ...is.slice(0, both).flatMap((value: unknown, index) => editsOf(value, wanted[index], [...path, index])),
      ...added,
      ...removed,
    ];
  }
  if (isMap(is) && isMap(wanted)) {
    const keys = [...new Set([...Object.keys(is), ...Object.keys(wanted)])];
    return keys.flatMap((key) => editsOf(is[key], wanted[key], [...path, key]));
  }
  return is === wanted ? [] : [{ path, is, wanted }];
}

/**
 * An object that was declared before its field had an owner may have been moved; the weight is the owner's from now on.
 */
const isNoWeight = ({ path }: Edit): boolean => path.at(-1) !== "weight";

/** Whether the live object has the edit, beside whatever else a controller and the API server write. */
function isMade({ path, wanted }: Edit, live: unknown): boolean {
  const there = valueAt(live, path);
  return wanted === undefined ? there === undefined : contains(there, wanted);
}

function contains(live: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted))
    return (
      Array.isArray(live) &&
      live.length === wanted.length &&
      wanted.every((value, index) => contains(live[index], value))
    );
  if (isMap(wanted)) return isMap(live) && Object.entries(wanted).every(([key, value]) => contains(live[key], value));
  return live === wanted;
}

/** An edit of these places alone leaves the weights where the controller has them. */
function patchCommand({ apiVersion, kind, metadata }: KubernetesObject, edits: readonly Edit[]): string {
  const patch = edits.map(({ path, is, wanted }) => ({
    op: wanted === undefined ? "remove" : is === undefined ? "add" : "replace",
    path: path.map((segment) => `/${`${segment}`.replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""),
    ...(wanted !== undefined && { value: wanted }),
  }));
  const group = apiVersion.includes("/") ? `.${apiVersion.replace(/\/.*/, "")}` : "";
  return `kubectl patch ${kind.toLowerCase()}${group} ${metadata.name} --namespace ${String(metadata.namespace)} --type json --patch ${shellQuoted(JSON.stringify(patch))}`;
}

function declaredIn(inputs: Inputs | undefined): Inputs {
  const text = valueAt(inputs, ["metadata", "annotations", declaredAnnotation]);
  return typeof text === "string" ? (JSON.parse(text) as Inputs) : {};
}

/** What is known later is left out: nobody can tell whether it changes. */
function knownNow(value: unknown): unknown {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return undefined;
  if (Array.isArray(value)) return value.map(knownNow);
  return isMap(value) ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, knownNow(inner)])) : value;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, segment) => (typeof inner === "object" && inner !== null ? (inner as Inputs)[segment] : undefined),
    value,
  );
}

const isMap = (value: unknown): value is Inputs => typeof value === "object" && value !== null && !Array.isArray(value);

const inWords = (value: unknown): string => (value === undefined ? "absent" : JSON.stringify(value));
