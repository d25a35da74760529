import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { go } from "./build";
import { cacheDirectory } from "../host/directory";
import { moduleDirectory } from "./toolchain";

/** Files of the pinned modules that the cluster needs beside the tools: where each module keeps them. */
const wanted = [
  { module: "github.com/argoproj/argo-rollouts", folder: "manifests/crds", into: "argo-rollouts-crds" },
  { module: "sigs.k8s.io/kwok", folder: "kustomize/stage/node/fast", into: "kwok-stages" },
  { module: "sigs.k8s.io/kwok", folder: "kustomize/stage/node/heartbeat-with-lease", into: "kwok-stages" },
  { module: "sigs.k8s.io/kwok", folder: "kustomize/stage/pod/fast", into: "kwok-stages" },
] as const;

export interface ModuleFiles {
  /** Directories of YAML files. */
  readonly argoRolloutsCrds: string;
  readonly kwokStages: string;
}

function place(): string {
  const pins = readFileSync(join(moduleDirectory("cluster"), "go.mod"));
  const key = createHash("sha256").update(pins).update(JSON.stringify(wanted)).digest("hex").slice(0, 16);
  return join(cacheDirectory(), "files", key);
}

/** Whether a start needs Go to fetch these files. */
export function moduleFilesMissing(): boolean {
  return !existsSync(place());
}

/** The custom resource definitions and stages, copied out of their Go modules once; later starts need no Go. */
export async function moduleFiles(): Promise<ModuleFiles> {
  const directory = place();
  if (moduleFilesMissing()) {
    const unfinished = `${directory}.${process.pid}-${process.hrtime.bigint()}`;
    for (const { module, folder, into } of wanted) {
      const { Dir } = JSON.parse(await go(["mod", "download", "-json", module], moduleDirectory("cluster"))) as { Dir: string };
      const target = join(unfinished, into);
      mkdirSync(target, { recursive: true });
      for (const file of readdirSync(join(Dir, folder))) {
        if (file.endsWith(".yaml") && file !== "kustomization.yaml") cpSync(join(Dir, folder, file), join(target, file));
      }
    }
    try {
      renameSync(unfinished, directory);
    } catch (error) {
      if (moduleFilesMissing()) throw error;
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  return { argoRolloutsCrds: join(directory, "argo-rollouts-crds"), kwokStages: join(directory, "kwok-stages") };
}
