// npm run plan: what `pulumi preview` says of a stack's release plan, without a cluster and without Pulumi.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { Command } from "commander";
import { CORE_SCHEMA, dump, loadAll } from "js-yaml";
import { describeRelease } from "../manifests/describe";
import { picture } from "../manifests/planPicture";
import { planReport } from "../manifests/planReport";
import { numberTags } from "../policies/languages/yamlNumbers";
import { parseConfig } from "../release/settings/stackConfiguration";
import { RefusedRelease } from "../release/settings/refusal";
import type { KubernetesObject } from "../manifests/types/kubernetes";
import type { Passed, ReleaseArgs } from "../release/settings";

interface Options {
  readonly stack: string;
  readonly json: boolean;
  readonly markdown: boolean;
  readonly yaml: boolean;
  readonly picture?: string;
}

const project = "canary:";

/** Pulumi reads numbers as Kubernetes does: 070 is 56. */
const schema = CORE_SCHEMA.withTags(...numberTags);

/**
 * A stack's configuration as Pulumi would hand it on; secrets stay closed, and stand for some text. Throws with the
 * stacks that there are.
 */
export function stackRelease(stack: string): ReleaseArgs {
  const file = `Pulumi.${stack}.yaml`;
  if (!existsSync(file)) {
    const known = readdirSync(".").flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
    throw new Error(
      `--stack ${stack}: there is no ${file}; accepted: ${known.join(", ") || "none yet, pulumi stack init makes one"}`,
    );
  }
  const { config = {} } = (loadAll(readFileSync(file, "utf8"), { schema })[0] ?? {}) as {
    config?: Record<string, unknown>;
  };
  const own = Object.entries(config).flatMap(([key, value]) =>
    key.startsWith(project) ? [[key.slice(project.length), value] as const] : [],
  );
  return parseConfig(
    own.map(([name, value]) => ({ name, text: handedOn(value), isSecret: hasSecret(value) })),
    () => closed,
  );
}

function handedOn(value: unknown): string {
  if (typeof value === "string") return value;
  return JSON.stringify(value, (_key, part: unknown) => (isSecret(part) ? hidden : part));
}

const hidden = "[secret]";

/** A secret, which only Pulumi opens: what is made of it is made of this text. */
const closed: Passed<string> = Object.freeze({
  apply: (make: (text: string) => unknown) => make(hidden),
  toJSON: () => hidden,
});

const isSecret = (value: unknown) =>
  typeof value === "object" && value !== null && Object.keys(value).join() === "secure";

function hasSecret(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return isSecret(value) || Object.values(value).some(hasSecret);
}

function main(): void {
  const {
    stack,
    json,
    markdown,
    yaml,
    picture: file,
  } = new Command("npm run plan --")
    .description("Prints the release plan of a stack: steps, what is judged, and how bad a bad version can get.")
    .option("--stack <name>", "the stack, whose configuration is in Pulumi.<name>.yaml", "dev")
    .option("--json", "as JSON: settings, steps with their promise, metrics, objects and notices", false)
    .option("--markdown", "as Markdown, for a pull request", false)
    .option("--yaml", "the objects that are declared, as YAML: for npm run check -- -", false)
    .option("--picture <file>", "also draw weight and exposure into this SVG file")
    .parse()
    .opts<Options>();
  const release = describeRelease(stackRelease(stack));
  const { settings, metrics, objects, notices } = release;
  const { lines, markdown: asMarkdown, promise } = planReport(release);
  if (file)
    writeFileSync(
      file,
      picture(`${settings.application}: ${settings.router} with ${settings.controller}`, settings.steps, promise),
    );
  if (yaml)
    return console.log(
      objects
        .map(({ object }) => asYaml(object))
        .join("---\n")
        .trimEnd(),
    );
  if (markdown) return console.log(asMarkdown);
  if (!json) return console.log(lines.join("\n"));
  const named = objects.map(({ role, object: { apiVersion, kind, metadata } }) => ({
    role,
    apiVersion,
    kind,
    name: metadata.name,
  }));
  console.log(JSON.stringify({ stack, steps: settings.steps, promise, metrics, objects: named, notices }, null, 2));
}

const asYaml = (object: KubernetesObject) =>
  dump(JSON.parse(JSON.stringify(object)), { noRefs: true, lineWidth: -1, quoteStyle: "double" });

if (require.main === module) {
  try {
    main();
  } catch (error) {
    console.error(
      error instanceof RefusedRelease
        ? new RefusedRelease(error.refusals, project).message
        : error instanceof Error
          ? error.message
          : error,
    );
    process.exitCode = 1;
  }
}
