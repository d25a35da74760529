import { Field, NotReadable, type Input } from "./field";

/** An object's kind with its API group, of whichever version: "Service", "apps/Deployment", "argoproj.io/Rollout". */
export function kindOf({ object }: Input): string {
  const [group, version] = String(object["apiVersion"]).split("/");
  return version === undefined ? String(object["kind"]) : `${group}/${String(object["kind"])}`;
}

/** An object's kind and name as people write them: "Rollout shop/web". */
export function nameOf(object: Input["object"]): string {
  const { namespace, name } = (object["metadata"] ?? {}) as Record<string, unknown>;
  const known = [namespace, name].filter((part) => typeof part === "string");
  return `${String(object["kind"])} ${known.join("/") || "without a name yet"}`;
}

/** All objects that are judged together. */
export class Objects {
  constructor(readonly inputs: readonly Input[]) {}

  /** The object that another one names, in the other's namespace unless it is `clusterWide`. Throws `NotReadable` where it is not among these. */
  named(kind: string, reference: Field, clusterWide = false): Field {
    const name = reference.text() ?? "";
    const namespaceOf = (input: Input) => new Field(input).at("metadata", "namespace");
    const namespace = clusterWide ? undefined : (namespaceOf(reference.input).text() ?? "");
    const what = `${kind.split("/").at(-1)} ${name}`;
    let undecided = false;
    for (const input of this.inputs.filter((input) => kindOf(input) === kind)) {
      const itsName = new Field(input).at("metadata", "name");
      const itsNamespace = namespaceOf(input);
      if (!itsName.known || (!clusterWide && !itsNamespace.known)) undecided = true;
      else if (itsName.text() === name && (clusterWide || (itsNamespace.text() ?? "") === namespace)) return new Field(input);
    }
    const reason = undecided ? "which may be one whose name or namespace is not known before the deployment" : "which is not among the objects";
    throw new NotReadable(reference, `names the ${what}, ${reason}`);
  }
}
