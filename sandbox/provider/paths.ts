import { isArray, isObject, type Properties, type Value } from "./values";

/** Where a property is: keys and indices; "*" in the path of an ignored property means every one. */
export type Path = readonly (string | number)[];

/** Reads a property path as Pulumi writes it: `spec.containers[0].image`, `metadata.annotations["a.b/c"]`. */
export function parsePath(text: string): Path {
  const segments = text.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|([^.[\]]+)/g);
  return [...segments].map(([, quoted, index, key]) => {
    if (quoted !== undefined) return quoted.replace(/\\(.)/g, "$1");
    if (index !== undefined) return index === "*" ? "*" : Number(index);
    return key ?? "";
  });
}

/** Writes a property path as Pulumi reads it. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, segment) => {
    if (typeof segment === "number") return `${text}[${segment}]`;
    if (/^[A-Za-z_$][\w$-]*$/.test(segment)) return text === "" ? segment : `${text}.${segment}`;
    return `${text}[${JSON.stringify(segment)}]`;
  }, "");
}

/** Whether a path is the other one or lies inside of it. */
export function isWithin(path: Path, outer: Path): boolean {
  return outer.length <= path.length && outer.every((segment, i) => segment === "*" || segment === path[i]);
}

/** The value at a path, or undefined. */
export function valueAt(value: Value | undefined, path: Path): Value | undefined {
  const [segment, ...rest] = path;
  if (segment === undefined) return value;
  if (isArray(value)) return typeof segment === "number" ? valueAt(value[segment], rest) : undefined;
  return isObject(value) ? valueAt(value[segment], rest) : undefined;
}

/** A copy with another value at a path of keys, or without the key where the value is undefined. */
export function withValueAt(object: Properties, path: Path, value: Value | undefined): Properties {
  const [key, ...rest] = path;
  if (key === undefined) return object;
  const others = Object.fromEntries(Object.entries(object).filter(([other]) => other !== String(key)));
  if (rest.length === 0) return value === undefined ? others : { ...object, [key]: value };
  const inner = object[key];
  if (isObject(inner)) return { ...object, [key]: withValueAt(inner, rest, value) };
  return value === undefined ? object : { ...object, [key]: withValueAt({}, rest, value) };
}

export interface Change {
  readonly kind: "add" | "delete" | "update";
  readonly path: Path;
}

/** What differs between the old and the new inputs, without what is to be ignored. */
export function changes(olds: Properties, news: Properties, ignored: readonly string[]): readonly Change[] {
  const ignoredPaths = ignored.map(parsePath);
  return differences(olds, news, []).filter(({ path }) => !ignoredPaths.some((outer) => isWithin(path, outer)));
}

function differences(old: Value | undefined, now: Value | undefined, path: Path): readonly Change[] {
  if (old === undefined) return now === undefined ? [] : [{ kind: "add", path }];
  if (now === undefined) return [{ kind: "delete", path }];
  if (isArray(old) && isArray(now)) {
    const longest = Math.max(old.length, now.length);
    return Array.from({ length: longest }, (_, i) => differences(old[i], now[i], [...path, i])).flat();
  }
  if (isObject(old) && isObject(now)) {
    const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])];
    return keys.flatMap((key) => differences(old[key], now[key], [...path, key]));
  }
  return old === now ? [] : [{ kind: "update", path }];
}
