import { existsSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import { dump, loadAll } from "js-yaml";

type Values = Readonly<Record<string, unknown>>;

interface Kubeconfig {
  readonly "current-context"?: string;
  readonly contexts?: readonly {
    readonly name: string;
    readonly context: { readonly cluster: string; readonly user: string };
  }[];
  readonly clusters?: readonly { readonly name: string; readonly cluster: Values }[];
  readonly users?: readonly { readonly name: string; readonly user: Values }[];
}

/**
 * One context of a kubeconfig file as the contents of a kubeconfig of its own. Throws where the file or the context is
 * not there.
 */
export function readContext(file: string, context?: string): string {
  if (!existsSync(file)) throw new Error(`--kubeconfig names ${file}, which is not there.`);
  try {
    return oneContext(readFileSync(file, "utf8"), dirname(resolve(file)), context);
  } catch (error) {
    throw new Error(`${file} cannot be used: ${(error as Error).message}`, { cause: error });
  }
}

/** One context alone, by default the current one; files that it names relatively to the directory become absolute. */
export function oneContext(text: string, directory: string, wanted?: string): string {
  const {
    contexts = [],
    clusters = [],
    users = [],
    "current-context": current,
  } = (loadAll(text)[0] ?? {}) as Kubeconfig;
  const name = wanted ?? current;
  const known = contexts.map((one) => one.name).join(", ") || "none";
  const found = contexts.find((one) => one.name === name);
  if (!name) throw new Error(`it has no current context; name one with --context. It has: ${known}.`);
  if (!found) throw new Error(`it has no context "${name}". It has: ${known}.`);
  const cluster = clusters.find((one) => one.name === found.context.cluster);
  const user = users.find((one) => one.name === found.context.user);
  if (!cluster)
    throw new Error(`its context "${name}" names the cluster "${found.context.cluster}", which it does not have.`);
  return dump({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: cluster.name, cluster: absolute(cluster.cluster, ["certificate-authority"], directory) }],
    users: user ? [{ name: user.name, user: absoluteUser(user.user, directory) }] : [],
    contexts: [{ name, context: { cluster: cluster.name, user: found.context.user } }],
    "current-context": name,
  });
}

function absoluteUser(user: Values, directory: string): Values {
  const { exec, ...rest } = absolute(user, ["client-certificate", "client-key", "tokenFile"], directory);
  return exec ? { ...rest, exec: absoluteCommand(exec as Values, directory) } : rest;
}

/** A command without a slash is looked for on the PATH. */
function absoluteCommand(exec: Values, directory: string): Values {
  return String(exec["command"]).includes("/") ? absolute(exec, ["command"], directory) : exec;
}

function absolute(values: Values, keys: readonly string[], directory: string): Values {
  const entries = Object.entries(values).map(([key, value]) =>
    keys.includes(key) && typeof value === "string" && value !== "" && !isAbsolute(value)
      ? [key, resolve(directory, value)]
      : [key, value],
  );
  return Object.fromEntries(entries) as Values;
}
