import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadAllYaml, type KubernetesObject } from "@kubernetes/client-node";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { createStack, type DeployedStack } from "../../sandbox/engine";
import { serveProviders } from "../../sandbox/provider";
import { moduleFiles } from "../../sandbox/toolchain/moduleFiles";
import { toolchain } from "../../sandbox/toolchain/toolchain";
import { startApiServer, type ApiServer } from "../../sandbox/cluster/apiServer";

/** The real engine against a real API server that knows Argo Rollouts' kinds, without their controller. */
export interface ProgramEngine {
  readonly api: ApiServer;
  /** Folder of a stack's configuration and state. */
  directory(stack: string): string;
  /** A stack of this repository's program, or of another. */
  stack(name: string, program?: PulumiFn): Promise<DeployedStack>;
  stop(): Promise<void>;
}

export async function startProgramEngine(): Promise<ProgramEngine> {
  const root = mkdtempSync(join(tmpdir(), "canary-program-"));
  const kubeconfig = join(root, "kubeconfig");
  const api = await startApiServer();
  const { argoRolloutsCrds } = await moduleFiles();
  for (const file of readdirSync(argoRolloutsCrds)) {
    for (const crd of loadAllYaml(readFileSync(join(argoRolloutsCrds, file), "utf8")) as KubernetesObject[])
      await api.objects.create(crd);
  }
  writeFileSync(kubeconfig, api.kubeconfig, { mode: 0o600 });
  const providers = await serveProviders({ kubeconfig: api.kubeconfig });
  const { pulumi } = await toolchain(["pulumi"]);
  const directory = (stack: string) => join(root, stack);
  return {
    api,
    directory,
    stack: (name, program) => {
      const { debugProviders } = providers;
      return createStack({
        directory: directory(name),
        pulumi,
        kubeconfig,
        debugProviders,
        stack: name,
        ...(program && { program }),
      });
    },
    stop: async () => {
      await providers.close();
      await api.stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
