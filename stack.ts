import * as pulumi from "@pulumi/pulumi";
import * as runtimeConfig from "@pulumi/pulumi/runtime/config";
import { describeRelease, type DescribedRelease } from "./manifests/describe";
import { parseConfig, programKeys } from "./release/settings/stackConfiguration";
import type { ReleaseArgs } from "./release/settings";
import { RefusedRelease } from "./release/settings/refusal";

/** Pulumi marks this function as internal, and offers no other way to ask whether a part of a map is a secret. */
const { isConfigSecret } = runtimeConfig as unknown as { isConfigSecret(key: string): boolean };

/**
 * Reads a release from the stack's configuration. Throws `RefusedRelease`, which lists every key that is refused and
 * what would be accepted.
 */
export function stackRelease(): DescribedRelease {
  const project = pulumi.getProject();
  const config = Object.entries(pulumi.runtime.allConfig())
    .filter(([key]) => key.startsWith(`${project}:`))
    .map(([key, value]) => [key.slice(project.length + 1), value] as const);
  const isSecret = (key: string) => isConfigSecret(`${project}:${key}`);
  try {
    return describeRelease(withSecrets(parseConfig(config), isSecret));
  } catch (error) {
    throw error instanceof RefusedRelease ? new RefusedRelease(error.refusals, `${project}:`) : error;
  }
}

/** Whether the stack installs ingress-nginx too, before the release. */
export function installsIngressNginx(): boolean {
  return programKeys.installIngressNginx.parse(new pulumi.Config().getBoolean("installIngressNginx"));
}

/** Marks the environment's values as secrets where the stack's configuration says that one of them is. */
function withSecrets(args: ReleaseArgs, isSecret: (key: string) => boolean): ReleaseArgs {
  if (!args.environment || !isSecret("environment")) return args;
  const hidden = Object.entries(args.environment).map(([name, value]) => [
    name,
    typeof value === "string" ? pulumi.secret(value) : value,
  ]);
  return { ...args, environment: Object.fromEntries(hidden) as Record<string, pulumi.Output<string>> };
}
