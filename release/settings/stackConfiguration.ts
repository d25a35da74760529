import { RefusedRelease } from "./refusal";
import { releaseKeys, type ReleaseArgs } from ".";

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
  "telemetry",
  "controller",
  "preset",
  "decisions",
  "progressDeadline",
  "scaleDownDelay",
]);

/** Keys of a stack's configuration that the program reads beside those of the release. */
export const programKeys: readonly string[] = ["installIngressNginx"];

/**
 * Turns the texts of a stack's configuration into a release as its author wrote it. Throws `RefusedRelease` for text
 * that does not parse.
 */
export function parseConfig(config: readonly (readonly [string, string])[]): ReleaseArgs {
  const refused: string[] = [];
  const ofRelease = config.filter(([key]) => !programKeys.includes(key));
  const parsed = ofRelease.map(([key, value]) => {
    if (textKeys.has(key) || !(releaseKeys as readonly string[]).includes(key)) return [key, value];
    try {
      return [key, JSON.parse(value) as unknown];
    } catch {
      refused.push(
        `${key} = ${key === "environment" ? "(hidden)" : JSON.stringify(value)}: does not parse; accepted: ${accepts(key)}`,
      );
      return [key, undefined];
    }
  });
  if (refused.length > 0) throw new RefusedRelease(refused);
  return Object.fromEntries(parsed) as ReleaseArgs;
}

function accepts(key: string): string {
  if (key === "wait") return "true, false";
  return ["attempt", "port", "replicas", "runAsUser", "step"].includes(key)
    ? "a whole number"
    : "a map or a list, as in Pulumi.yaml";
}
