import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { isMap, isKubernetesObject, type Located } from "./located";
import { nameOfFile, orUnusable, Texts, standardInput } from "./texts";
import { Unusable } from "./unusable";
import { readYaml, type Document } from "./yaml";

/** What was read: objects, and how many documents were none. */
export interface Read {
  readonly objects: readonly Located[];
  readonly others: number;
}

/**
 * Reads YAML and JSON files, the ones in folders, and standard input. Throws `Unusable` with all that cannot be read.
 */
export function readFiles(paths: readonly string[], texts = new Texts()): Read {
  const problems: string[] = [];
  const read = <Value>(what: () => readonly Value[]): readonly Value[] => {
    try {
      return what();
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      problems.push(...error.problems);
      return [];
    }
  };
  const files = paths.flatMap((path) => read(() => filesOf(path)));
  const documents = files.flatMap((file) =>
    read(() => readYaml(nameOfFile(file), texts.of(file))).map((document) => ({ file: nameOfFile(file), document })),
  );
  if (problems.length > 0) throw new Unusable(problems);
  const written = documents.filter(({ document }) => document.value !== null && document.value !== undefined);
  const objects = written.map(({ file, document }) => read(() => objectsOf(file, document, document.value, [])));
  if (problems.length > 0) throw new Unusable(problems);
  return { objects: objects.flat(), others: objects.filter(({ length }) => length === 0).length };
}

function filesOf(path: string): readonly string[] {
  if (path === standardInput) return [path];
  const found = orUnusable(path, () => statSync(path, { throwIfNoEntry: false }));
  if (!found)
    throw new Unusable([
      `${path}: there is no such file or folder; accepted: YAML or JSON files, folders of them, or - for standard input`,
    ]);
  return found.isDirectory() ? filesIn(path) : [path];
}

function filesIn(folder: string): readonly string[] {
  const entries = orUnusable(folder, () => readdirSync(folder, { withFileTypes: true }));
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name.startsWith(".") || entry.name === "node_modules" ? [] : filesIn(path);
    return /\.(ya?ml|json)$/.test(entry.name) ? [path] : [];
  });
}

/** Lists in more others would let aliases multiply their objects without end. */
const deepestList = 2;

/** The object of a document, or the objects of a list; `kubectl get` leaves out what the items of a typed list are. */
function objectsOf(
  file: string,
  document: Document,
  value: unknown,
  place: readonly (string | number)[],
  of: object = {},
): readonly Located[] {
  const object = isMap(value) ? { ...of, ...value } : value;
  if (!isKubernetesObject(object)) return [];
  const { apiVersion, kind, items } = object as {
    readonly apiVersion: string;
    readonly kind: string;
    readonly items?: unknown;
  };
  if (Array.isArray(items) && kind.endsWith("List")) {
    if (place.length > 2 * deepestList)
      throw new Unusable([
        `${file}:${document.excerpt(place).line}: is a list in more than ${deepestList} others; accepted: one list of objects`,
      ]);
    const type = kind === "List" ? {} : { apiVersion, kind: kind.slice(0, -"List".length) };
    return items.flatMap((item, index) => objectsOf(file, document, item, [...place, "items", index], type));
  }
  const origin = document.origin === undefined ? {} : { origin: document.origin };
  return [{ input: { object }, file, ...origin, excerpt: (inner) => document.excerpt([...place, ...inner]) }];
}
