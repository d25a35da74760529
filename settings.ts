import * as pulumi from "@pulumi/pulumi";
import * as runtimeConfig from "@pulumi/pulumi/runtime/config";
import { describe } from "./manifests/describe";
import { releaseKeys, releaseSettings, type ReleaseArgs } from "./release/release";
import { RefusedRelease } from "./release/refusal";

/** Pulumi marks this function as internal, and offers no other way to ask whether a part of a map is a secret. */
const { isConfigSecret } = runtimeConfig as unknown as { isConfigSecret(key: string): boolean };

/** Keys whose value is text as it stands; the others are YAML that Pulumi hands on as JSON. */
const textKeys: ReadonlySet<string> = new Set<keyof ReleaseArgs>([
  "application",
  "namespace",
  "image",
  "host",
  "path",
  "entryPoint",
  "ingressClass",
  "tlsSecret",
  "metricsPath",
  "router",
  "stableImage",
  "controller",
  "preset",
  "progressDeadline",
  "scaleDownDelay",
]);

/** Reads a release from the stack's configuration. Throws `RefusedRelease`, which lists every key that is refused and what would be accepted. */
export function stackRelease(): ReleaseArgs {
  const project = pulumi.getProject();
  const config = Object.entries(pulumi.runtime.allConfig())
    .filter(([key]) => key.startsWith(`${project}:`))
    .map(([key, value]) => [key.slice(project.length + 1), value] as const);
  const isSecret = (key: string) => isConfigSecret(`${project}:${key}`);
  try {
    const args = withSecrets(parseConfig(config), isSecret);
    describe(releaseSettings(args));
    return args;
  } catch (error) {
    throw error instanceof RefusedRelease ? new RefusedRelease(error.refusals, `${project}:`) : error;
  }
}

/** Turns the texts of a stack's configuration into a release as its author wrote it. Throws `RefusedRelease` for text that does not parse. */
export function parseConfig(config: readonly (readonly [string, string])[]): ReleaseArgs {
  const refused: string[] = [];
  const parsed = config.map(([key, value]) => {
    if (textKeys.has(key) || !(releaseKeys as readonly string[]).includes(key)) return [key, value];
    try {
      return [key, JSON.parse(value) as unknown];
    } catch {
      refused.push(`${key} = ${key === "environment" ? "(hidden)" : JSON.stringify(value)}: does not parse; accepted: ${accepts(key)}`);
      return [key, undefined];
    }
  });
  if (refused.length > 0) throw new RefusedRelease(refused);
  return Object.fromEntries(parsed) as ReleaseArgs;
}

function accepts(key: string): string {
  if (key === "wait") return "true, false";
  return ["attempt", "port", "replicas", "runAsUser", "step"].includes(key) ? "a whole number" : "a map or a list, as in Pulumi.yaml";
}

/** Marks the environment's values as secrets where the stack's configuration says that one of them is. */
function withSecrets(args: ReleaseArgs, isSecret: (key: string) => boolean): ReleaseArgs {
  if (!args.environment || !isSecret("environment")) return args;
  const hidden = Object.entries(args.environment).map(([name, value]) => [name, typeof value === "string" ? pulumi.secret(value) : value]);
  return { ...args, environment: Object.fromEntries(hidden) as Record<string, pulumi.Output<string>> };
}
