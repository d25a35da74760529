import { ApiError } from "./client";
import { isWithin, valueAt, withValueAt, type Path } from "./paths";
import { isObject, objectAt, objectsAt, textAt, type Properties } from "./values";

type Owned = readonly Path[];

/**
 * The fields that a `managedFields` entry lists, keys of list elements left out: nothing inside of a list is told
 * apart.
 */
function fieldsOf(entry: Properties): Owned {
  const inside = (fields: Properties, path: Path): Owned =>
    Object.entries(fields).flatMap(([key, value]): Owned => {
      if (key === ".") return [path];
      if (!key.startsWith("f:")) return [];
      const field = [...path, key.slice(2)];
      const isLeaf = !isObject(value) || Object.keys(value).length === 0;
      return isLeaf ? [field] : inside(value, field);
    });
  return inside(objectAt(entry, "fieldsV1"), []);
}

const owns = (owned: Owned, path: Path): boolean =>
  owned.some((field) => isWithin(field, path) && isWithin(path, field));

/**
 * What to apply: of the fields to be ignored, one that only others own is left out, any other is sent as it is live. As
 * with the official provider these must be whole fields, named by keys alone: `spec.selector`.
 */
export function withoutIgnored(
  object: Properties,
  live: Properties,
  manager: string,
  ignoreChanges: readonly string[],
): Properties {
  const entries = objectsAt(objectAt(live, "metadata"), "managedFields");
  const ours = entries.filter((entry) => entry["manager"] === manager).flatMap(fieldsOf);
  const theirs = entries.filter((entry) => entry["manager"] !== manager).flatMap(fieldsOf);
  return ignoreChanges
    .map((ignored) => ignored.split("."))
    .reduce((applied, path) => {
      if (owns(theirs, path) && !owns(ours, path)) return withValueAt(applied, path, undefined);
      const liveValue = valueAt(live, path);
      return liveValue === undefined ? applied : withValueAt(applied, path, liveValue);
    }, object);
}

/** Names each field that somebody else owns, by whom, and the two ways out; other errors pass through. */
export function explainConflict(error: unknown, object: string): unknown {
  if (!(error instanceof ApiError) || error.code !== 409) return error;
  const causes = objectsAt(objectAt(error.status, "details"), "causes").filter(
    (cause) => cause["reason"] === "FieldManagerConflict",
  );
  if (causes.length === 0) return error;
  const fields = causes.map((cause) => ({
    field: (textAt(cause, "field") ?? "").replace(/^\./, ""),
    manager: /conflict with "([^"]*)"/.exec(textAt(cause, "message") ?? "")?.[1] ?? "another manager",
  }));
  const owned = fields.map(({ field, manager }) => `${field} is owned by "${manager}"`).join("; ");
  return new Error(
    `Server-Side Apply field conflict detected in ${object}: ${owned}. ` +
      `Leave the field to its owner with ignoreChanges: ${JSON.stringify(fields.map(({ field }) => field))}, ` +
      `or take it over with the annotation pulumi.com/patchForce: "true".`,
  );
}
