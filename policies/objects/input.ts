/** One Kubernetes object to judge, and what is known of how it is declared. */
export interface Input {
  readonly object: Readonly<Record<string, unknown>>;
  /** Fields that Pulumi leaves alone (`ignoreChanges`); absent where no Pulumi program declares the object. */
  readonly ignoredFields?: readonly string[];
}

/** Stands in an object for a value that a preview cannot know yet. */
export const notKnown: unique symbol = Symbol("not known yet");

/** Stands in an object for a value that nobody is to see. */
export const secret: unique symbol = Symbol("secret");

/** Why a value cannot be read, by what stands for it. */
export const hidden: ReadonlyMap<unknown, string> = new Map([
  [notKnown, "is not known before the deployment"],
  [secret, "is a secret, which is not read"],
]);

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
