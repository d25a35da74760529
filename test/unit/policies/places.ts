/** Every place in a value, as a path of keys. */
export function places(value: unknown): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[key], ...places(inner).map((path) => [key, ...path])]);
}

/** A value with another one at a place. */
export function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const entries = Object.entries(value as object).map(([each, inner]: [string, unknown]) => [
    each,
    each === key ? replaced(inner, rest, by) : inner,
  ]);
  return Array.isArray(value) ? entries.map(([, inner]: unknown[]) => inner) : Object.fromEntries(entries);
}
