import * as pulumi from "@pulumi/pulumi";
import * as runtimeConfig from "@pulumi/pulumi/runtime/config";
import { describeRelease, type DescribedRelease } from "./manifests/describe";
import { parseConfig, programKeys } from "./release/settings/stackConfiguration";
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
    .map(([key, text]) => ({ name: key.slice(project.length + 1), text, isSecret: isConfigSecret(key) }));
  try {
    return describeRelease(parseConfig(config, pulumi.secret));
  } catch (error) {
    throw error instanceof RefusedRelease ? new RefusedRelease(error.refusals, `${project}:`) : error;
  }
}

/** Whether the stack installs ingress-nginx too, before the release. */
export function installsIngressNginx(): boolean {
  return programKeys.installIngressNginx.parse(new pulumi.Config().getBoolean("installIngressNginx"));
}
