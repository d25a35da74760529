import { Field, ifReadable, NotReadable, type Input } from "./field";

/** An object's kind with its API group, of whichever version: "Service", "apps/Deployment", "argoproj.io/Rollout". */
export function kindOf({ object }: Input): string {
  const [version, kind] = [String(object["apiVersion"]), String(object["kind"])];
  const slash = version.indexOf("/");
  return slash < 0 ? kind : `${version.slice(0, slash)}/${kind}`;
}

/** An object's kind and name as people write them: "Rollout shop/web". */
export function nameOf(object: Input["object"]): string {
  const { namespace, name } = (object["metadata"] ?? {}) as Record<string, unknown>;
  const known = [namespace, name].filter((part) => typeof part === "string");
  return `${String(object["kind"])} ${known.join("/") || "without a name yet"}`;
}

/** Stands in the indexes for a name or a namespace that is not known yet: no object can have it. */
const unknown = "\0";

/** What objects of a kind are found by, beside their name. */
export interface Key {
  readonly kind: string;
  /** The texts that an object is found by. */
  textsOf(object: Field): readonly string[];
}

/** All objects that are judged together. */
export class Objects {
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
   * The objects of a kind in a namespace, "" for those that declare none. Throws `NotReadable` where the namespace of
   * one is not known.
   */
  inNamespace(kind: string, namespace: string): readonly Input[] {
    this.refuseUnknownNamespaces(kind);
    return [...this.byNamespace.get(`${kind} ${namespace}`)];
  }

  /**
   * Those of the objects in a namespace that have one of some texts, and those of which that cannot be read; as
   * `inNamespace`.
   */
  having(key: Key, texts: readonly string[], namespace: string): readonly Input[] {
    this.refuseUnknownNamespaces(key.kind);
    const index = this.indexOf(key);
    const found = new Set([...texts, unknown].flatMap((text) => [...index.get(`${namespace} ${text}`)]));
    return [...found].sort((a, b) => (this.all.get(a) ?? 0) - (this.all.get(b) ?? 0));
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
    for (const input of this.byNamespace.get(`${kind} ${unknown}`)) namespaceOf(input).text();
  }

  /**
   * The object that another one names, in the other's namespace unless it is `clusterWide`. Throws `NotReadable` where
   * it is not among these.
   */
  named(kind: string, reference: Field, clusterWide = false): Field {
    const name = reference.text() ?? "";
    const namespace = clusterWide ? "" : (namespaceOf(reference.input).text() ?? "");
    const candidates = [...this.byName.get(`${kind} ${name}`)];
    const found = candidates.find((input) => clusterWide || readable(input, "namespace") === namespace);
    if (found) return new Field(found);
    const undecided =
      this.byName.get(`${kind} ${unknown}`).size > 0 ||
      (!clusterWide && candidates.some((input) => readable(input, "namespace") === unknown));
    const reason = undecided
      ? "which may be one whose name or namespace is not known before the deployment"
      : "which is not among the objects";
    throw new NotReadable(reference, `names the ${kind.split("/").at(-1)} ${name}, ${reason}`);
  }
}

const namespaceOf = (input: Input) => new Field(input).at("metadata", "namespace");

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
