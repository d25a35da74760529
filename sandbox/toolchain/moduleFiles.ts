import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { go, moduleFolder } from "./build";
import { cacheDirectory, unfinishedBeside } from "../host/directory";
import { moduleDirectory, tools, type AddOn } from "./toolchain";

const gatewayApi = { module: "cluster", package: "sigs.k8s.io/gateway-api/apis/v1" } as const;

/**
 * Files that the cluster needs beside the tools: a package of the pinned module that has them, and where in that
 * module.
 */
const wanted = {
  base: [
    { of: tools["rollouts-controller"], path: "manifests/crds", into: "argo-rollouts-crds" },
    { of: tools.kwok, path: "kustomize/stage/node/fast", into: "kwok-stages" },
    { of: tools.kwok, path: "kustomize/stage/node/heartbeat-with-lease", into: "kwok-stages" },
    { of: tools.kwok, path: "kustomize/stage/pod/fast", into: "kwok-stages" },
    {
      of: tools.traefik,
      path: "docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml",
      into: "traefik-crds",
    },
    { of: gatewayApi, path: "config/crd/standard", into: "gateway-api-crds" },
  ],
  flagger: [{ of: tools.flagger, path: "artifacts/flagger/crd.yaml", into: "flagger-crds" }],
  istio: [{ of: tools["pilot-discovery"], path: "manifests/charts/base/files/crd-all.gen.yaml", into: "istio-crds" }],
} as const;
type Part = keyof typeof wanted;

/** Directories of YAML files; those of an add-on are there if it was asked for. */
export interface ModuleFiles {
  readonly argoRolloutsCrds: string;
  readonly kwokStages: string;
  readonly traefikCrds: string;
  readonly gatewayApiCrds: string;
  readonly flaggerCrds: string;
  readonly istioCrds: string;
}

function place(part: Part): string {
  const hash = createHash("sha256").update(
    JSON.stringify(wanted[part].map(({ of, path, into }) => [of.package, path, into])),
  );
  for (const module of new Set(wanted[part].map(({ of }) => of.module)))
    hash.update(readFileSync(join(moduleDirectory(module), "go.mod")));
  return join(cacheDirectory(), "files", hash.digest("hex").slice(0, 16));
}

/** Whether a start needs Go to fetch these files. */
export function moduleFilesMissing(addOns: readonly AddOn[] = []): boolean {
  return (["base", ...addOns] as const).some((part) => !existsSync(place(part)));
}

/** The custom resource definitions and stages, copied out of their Go modules once; later starts need no Go. */
export async function moduleFiles(addOns: readonly AddOn[] = []): Promise<ModuleFiles> {
  for (const part of ["base", ...addOns] as const) {
    if (!existsSync(place(part))) await copy(part);
  }
  const base = place("base");
  return {
    argoRolloutsCrds: join(base, "argo-rollouts-crds"),
    kwokStages: join(base, "kwok-stages"),
    traefikCrds: join(base, "traefik-crds"),
    gatewayApiCrds: join(base, "gateway-api-crds"),
    flaggerCrds: join(place("flagger"), "flagger-crds"),
    istioCrds: join(place("istio"), "istio-crds"),
  };
}

async function copy(part: Part): Promise<void> {
  const directory = place(part);
  const unfinished = unfinishedBeside(directory);
  for (const { of, path, into } of wanted[part]) {
    const root = await folderOf(of);
    const source = join(root, path);
    const target = join(unfinished, into);
    mkdirSync(target, { recursive: true });
    const files = statSync(source).isFile() ? [source] : readdirSync(source).map((file) => join(source, file));
    for (const file of files) {
      if (/\.ya?ml$/.test(file) && basename(file) !== "kustomization.yaml") cpSync(file, join(target, basename(file)));
    }
  }
  try {
    renameSync(unfinished, directory);
  } catch (error) {
    if (!existsSync(directory)) throw error;
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Where Go keeps the module of a package. */
async function folderOf({ package: name, module }: { readonly package: string; readonly module: "cluster" | "istio" }) {
  const directory = moduleDirectory(module);
  // A listing of the package brings the modules of all its dependencies, so the module alone is asked for first; but
  // the module proxy has no .info of Istio's version, which a download asks for.
  const path = name.replace(/(\/v\d+)?\/(cmd|apis|pilot)\/.*$/, "$1");
  return moduleFolder(path, directory).catch(async () =>
    (await go(["list", "-find", "-f", "{{.Module.Dir}}", name], directory)).trim(),
  );
}
