import { Field, NotReadable, type Input } from "./field";

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

/** All objects that are judged together. */
export class Objects {
  private readonly all = new Set<Input>();
  private readonly byKind = new Index();
  private readonly byName = new Index();
  private readonly byNamespace = new Index();

  constructor(inputs: Iterable<Input> = []) {
    for (const input of inputs) this.add(input);
  }

  get inputs(): readonly Input[] {
    return [...this.all];
  }

  add(input: Input): void {
    this.all.add(input);
    for (const [index, key] of this.keysOf(input)) index.add(key, input);
  }

  remove(input: Input): void {
    this.all.delete(input);
    for (const [index, key] of this.keysOf(input)) index.remove(key, input);
  }

  private keysOf(input: Input): readonly (readonly [Index, string])[] {
    const kind = kindOf(input);
    const metadata = (key: string) => readable(input, key);
    return [[this.byKind, kind], [this.byName, `${kind} ${metadata("name")}`], [this.byNamespace, `${kind} ${metadata("namespace")}`]];
  }

  /** The objects of these kinds. */
  ofKinds(kinds: readonly string[]): readonly Input[] {
    return kinds.flatMap((kind) => [...this.byKind.get(kind)]);
  }

  /** The objects of a kind in a namespace, "" for those that declare none. Throws `NotReadable` where the namespace of one is not known. */
  inNamespace(kind: string, namespace: string): readonly Input[] {
    for (const input of this.byNamespace.get(`${kind} ${unknown}`)) namespaceOf(input).text();
    return [...this.byNamespace.get(`${kind} ${namespace}`)];
  }

  /** The object that another one names, in the other's namespace unless it is `clusterWide`. Throws `NotReadable` where it is not among these. */
  named(kind: string, reference: Field, clusterWide = false): Field {
    const name = reference.text() ?? "";
    const namespace = clusterWide ? "" : (namespaceOf(reference.input).text() ?? "");
    const candidates = [...this.byName.get(`${kind} ${name}`)];
    const found = candidates.find((input) => clusterWide || readable(input, "namespace") === namespace);
    if (found) return new Field(found);
    const undecided = this.byName.get(`${kind} ${unknown}`).size > 0 || (!clusterWide && candidates.some((input) => readable(input, "namespace") === unknown));
    const reason = undecided ? "which may be one whose name or namespace is not known before the deployment" : "which is not among the objects";
    throw new NotReadable(reference, `names the ${kind.split("/").at(-1)} ${name}, ${reason}`);
  }
}

const namespaceOf = (input: Input) => new Field(input).at("metadata", "namespace");

/** Text in an object's metadata, "" for none; `unknown` for what cannot be read. */
function readable(input: Input, key: string): string {
  try {
    return new Field(input).at("metadata", key).text() ?? "";
  } catch (error) {
    if (error instanceof NotReadable) return unknown;
    throw error;
  }
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
