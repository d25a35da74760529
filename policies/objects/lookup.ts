import { Field, ifReadable, NotReadable } from "./field";
import type { Key, Objects } from "./objects";
import { memoized } from "./memoize";

/** The namespace that an object declares; "" where it leaves that to the provider. */
export function namespaceOf({ input }: Field): string {
  return new Field(input).at("metadata", "namespace").text() ?? "";
}

/** The name that an object declares. */
export function nameIn({ input }: Field): string {
  return new Field(input).at("metadata", "name").text() ?? "";
}

/** The objects of a kind in the namespace of another one. */
export function beside(object: Field, kind: string, objects: Objects): readonly Field[] {
  return objects.inNamespace(kind, namespaceOf(object)).map((input) => new Field(input));
}

/**
 * Those beside an object that have one of some texts, as far as that can be read: others may be among them, but none is
 * left out.
 */
export function besideHaving(
  object: Field,
  key: Key,
  texts: () => readonly string[],
  objects: Objects,
): readonly Field[] {
  const known = ifReadable(texts);
  return known
    ? objects.having(key, known, namespaceOf(object)).map((input) => new Field(input))
    : beside(object, key.kind, objects);
}

const nameKey = memoized((kind: string): Key => ({ kind, textsOf: (object) => [nameIn(object)] }));

/**
 * The object of this kind and name, in the namespace of what refers to it unless another is given. Throws `NotReadable`
 * where it is not among the objects.
 */
export function find(
  kind: string,
  name: string,
  reference: Field,
  objects: Objects,
  namespace = namespaceOf(reference),
): Field {
  if (namespace === namespaceOf(reference)) return objects.named(kind, reference.reading(name));
  const found = objects
    .having(nameKey(kind), [name], namespace)
    .map((input) => new Field(input))
    .find((field) => nameIn(field) === name);
  if (!found)
    throw new NotReadable(
      reference,
      `names the ${kind.split("/").at(-1)} ${namespace}/${name}, which is not among the objects`,
    );
  return found;
}
