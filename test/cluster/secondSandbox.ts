// Starts a sandbox in a namespace of its own, says where, and waits to be killed.
import { randomUUID } from "node:crypto";
import { startCluster } from "../../sandbox/cluster/cluster";
import { createSandboxDirectory } from "../../sandbox/host/directory";
import { enterNamespace } from "../../sandbox/host/namespace";
import { clusterTools, toolchain } from "../../sandbox/toolchain/toolchain";

async function inside(root: string): Promise<void> {
  const { path } = createSandboxDirectory(root);
  const { kubeconfig } = await startCluster({ directory: path, tools: await toolchain(clusterTools) });
  console.log(JSON.stringify({ path, kubeconfig }));
  setInterval(() => randomUUID(), 60_000);
}

const [root = "", where] = process.argv.slice(2);
if (where === "inside") {
  void inside(root);
} else {
  void enterNamespace([
    process.execPath,
    "-r",
    "ts-node/register/transpile-only",
    __filename,
    root,
    "inside",
  ]).exitCode.then(process.exit);
}
