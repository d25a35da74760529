import { Field, ifReadable, namespaceOf, NotReadable } from "./field";
import { kindOf, type Input } from "./input";

/** Stands in the indexes for a name or a namespace that is not known yet: no object can have it. */
const unknown = "\0";

/** Texts by which objects of a kind are found, beside their name. */
export interface Key {
  readonly kind: string;
  textsOf(object: Field): readonly string[];
}

/** How an object is named by a field. */
interface Named {
  /** By default the field's text. */
  readonly name?: string;
  /** By default that of the object with the field. */
  readonly namespace?: string | undefined;
}

/** All objects that are judged together. */
export class ObjectSet {
  /** With the order in which they came. */
  private readonly all = new Map<Input, number>();
  private added = 0;
  private readonly byKind = new Index();
  private readonly byName = new Index();
  private readonly byNamespace = new Index();
  private readonly byKey = new Map<Key, Index>();

  constructor(inputs: Iterable<Input> = []) {
    for (const input of inputs) this.add(input);
  }

  get inputs(): readonly Input[] {
    return [...this.all.keys()];
  }

  add(input: Input): void {
    this.all.set(input, this.added++);
    for (const [index, key] of this.keysOf(input)) index.add(key, input);
  }

  remove(input: Input): void {
    this.all.delete(input);
    for (const [index, key] of this.keysOf(input)) index.remove(key, input);
  }

  private keysOf(input: Input): readonly (readonly [Index, string])[] {
    const kind = kindOf(input);
    const [name, namespace] = [readable(input, "name"), readable(input, "namespace")];
    const keyed = [...this.byKey].flatMap(([key, index]) =>
      key.kind === kind ? textsOf(key, input).map((text) => [index, `${namespace} ${text}`] as const) : [],
    );
    return [
      [this.byKind, kind],
      [this.byName, `${kind} ${name}`],
      [this.byNamespace, `${kind} ${namespace}`],
      ...keyed,
    ];
  }

  /** The objects of these kinds. */
  ofKinds(kinds: readonly string[]): readonly Input[] {
    return kinds.flatMap((kind) => [...this.byKind.get(kind)]);
  }

  /**
   * The objects of a kind in the namespace of another object. Throws `NotReadable` where the namespace of one of the
   * kind is not known.
   */
  inNamespaceOf(object: Field, kind: string): readonly Field[] {
    this.refuseUnknownNamespaces(kind);
    return [...this.byNamespace.get(`${kind} ${namespaceOf(object)}`)].map((input) => new Field(input));
  }

  /**
   * Those of `inNamespaceOf` that may have one of some texts: also those whose own texts cannot be read. All of them,
   * where the texts to look for cannot be read.
   */
  inNamespaceHaving(object: Field, key: Key, texts: () => readonly string[]): readonly Field[] {
    const wanted = ifReadable(texts);
    if (!wanted) return this.inNamespaceOf(object, key.kind);
    this.refuseUnknownNamespaces(key.kind);
    const [index, namespace] = [this.indexOf(key), namespaceOf(object)];
    const found = new Set([...wanted, unknown].flatMap((text) => [...index.get(`${namespace} ${text}`)]));
    return [...found].sort((a, b) => (this.all.get(a) ?? 0) - (this.all.get(b) ?? 0)).map((input) => new Field(input));
  }

  private indexOf(key: Key): Index {
    const known = this.byKey.get(key);
    if (known) return known;
    const index = new Index();
    for (const input of this.byKind.get(key.kind))
      for (const text of textsOf(key, input)) index.add(`${readable(input, "namespace")} ${text}`, input);
    this.byKey.set(key, index);
    return index;
  }

  private refuseUnknownNamespaces(kind: string): void {
    for (const input of this.byNamespace.get(`${kind} ${unknown}`)) namespaceOf(new Field(input));
  }

  /** The object that a field names. Throws `NotReadable` where it is not among these. */
  named(kind: string, reference: Field, { name = reference.text() ?? "", namespace }: Named = {}): Field {
    const own = namespaceOf(reference);
    const wanted = namespace ?? own;
    const shown = wanted === own ? name : `${wanted}/${name}`;
    return this.find(kind, name, (each) => each === wanted, reference, shown);
  }

  /** The object of a kind without namespaces that a field names. Throws `NotReadable` where it is not among these. */
  namedInCluster(kind: string, reference: Field): Field {
    const name = reference.text() ?? "";
    return this.find(kind, name, () => true, reference, name);
  }

  private find(
    kind: string,
    name: string,
    isWanted: (namespace: string) => boolean,
    reference: Field,
    shown: string,
  ): Field {
    const candidates = [...this.byName.get(`${kind} ${name}`)];
    const found = candidates.find((input) => isWanted(readable(input, "namespace")));
    if (found) return new Field(found);
    const undecided =
      this.byName.get(`${kind} ${unknown}`).size > 0 ||
      candidates.some((input) => readable(input, "namespace") === unknown);
    const reason = undecided
      ? "which may be one whose name or namespace is not known before the deployment"
      : "which is not among the objects";
    throw new NotReadable(reference, `names the ${kind.split("/").at(-1)} ${shown}, ${reason}`);
  }
}

/** Text in an object's metadata, "" for none; `unknown` for what cannot be read. */
function readable(input: Input, key: string): string {
  return ifReadable(() => new Field(input).at("metadata", key).text() ?? "") ?? unknown;
}

/** The texts that an object is found by; `unknown` where they cannot be read. */
function textsOf(key: Key, input: Input): readonly string[] {
  return ifReadable(() => key.textsOf(new Field(input))) ?? [unknown];
}

/** Objects by a key, in the order in which they came. */
class Index {
  private readonly sets = new Map<string, Set<Input>>();

  get(key: string): ReadonlySet<Input> {
    return this.sets.get(key) ?? none;
  }

  add(key: string, input: Input): void {
    const set = this.sets.get(key);
    if (set) set.add(input);
    else this.sets.set(key, new Set([input]));
  }

  remove(key: string, input: Input): void {
    this.sets.get(key)?.delete(input);
  }
}

const none: ReadonlySet<Input> = new Set();
