import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "./context";
import { askApiServer } from "./controlPlane";

interface Definition {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly names: { readonly plural: string };
    readonly versions: readonly { readonly name: string; readonly served: boolean }[];
  };
}

/**
 * Installs the custom resource definitions in a directory's YAML files and waits until the API server serves all of
 * them.
 */
export async function installDefinitions(context: Context, directory: string): Promise<void> {
  const documents = readdirSync(directory)
    .flatMap((file) => readFileSync(join(directory, file), "utf8").split(/^---$/m))
    .filter((document) => /^kind: CustomResourceDefinition$/m.test(document));
  const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const installed = await Promise.all(
    documents.map(
      async (body) =>
        JSON.parse((await askApiServer(context, path, { body, contentType: "application/yaml" })).body) as Definition,
    ),
  );
  for (const until = Date.now() + 20_000; ; await sleep(50, undefined, { signal: context.signal })) {
    const missing = await unserved(context, installed);
    if (missing.length === 0) return;
    if (Date.now() > until)
      throw new Error(`The API server does not serve ${missing.join(", ")} 20 s after they were defined.`);
  }
}

async function unserved(context: Context, definitions: readonly Definition[]): Promise<string[]> {
  const wanted = definitions.flatMap(({ metadata, spec }) =>
    spec.versions
      .filter(({ served }) => served)
      .map(({ name }) => ({ metadata, plural: spec.names.plural, version: `${spec.group}/${name}` })),
  );
  const versions = [...new Set(wanted.map(({ version }) => version))];
  const served = new Set(
    (
      await Promise.all(
        versions.map(async (version) => {
          const answer = await askApiServer(context, `/apis/${version}`).catch(() => undefined);
          const { resources = [] } = JSON.parse(answer?.body ?? "{}") as { resources?: { name: string }[] };
          return resources.map(({ name }) => `${version}/${name}`);
        }),
      )
    ).flat(),
  );
  return wanted
    .filter(({ version, plural }) => !served.has(`${version}/${plural}`))
    .map(({ metadata, version }) => `${metadata.name} (${version})`);
}

export async function createNamespace(context: Context, name: string): Promise<void> {
  await askApiServer(context, "/api/v1/namespaces", {
    body: JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name } }),
  });
}
