import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandboxDirectory } from "../host/directory";
import type { InsideMessage, InsideOrder } from "./inside";
import type { Replay } from "./replays";
import { enterNamespace } from "../host/namespace";
import { officialPlugins } from "../toolchain/plugins";
import { prepare } from "../toolchain/prepare";
import { exposeOnLoopback } from "../host/relay";
import { typeScriptCommand } from "../host/typescript";

export interface EmbeddedOptions {
  /** Whether the cluster stays afterwards. Default false. */
  readonly keep?: boolean;
  /** What is replayed in place of the demonstration. */
  readonly replays?: readonly Replay[];
}

/**
 * Runs the demonstration, or replays, on the embedded cluster; the exit code says whether each release ended as it
 * must.
 */
export async function runEmbedded({ keep = false, replays = [] }: EmbeddedOptions): Promise<number> {
  const addOns = [...new Set(replays.flatMap((replay) => replay.addOns))];
  const tools = await prepare(addOns);
  const plugins = await officialPlugins(tools.pulumi, (line) => console.log(line));
  const directory = createSandboxDirectory();
  try {
    const order: InsideOrder = {
      directory: directory.path,
      tools,
      plugins,
      addOns,
      replays: replays.map(({ name }) => name),
      keep,
    };
    const { command, args, directory: root } = typeScriptCommand("demonstration/inside.ts", [JSON.stringify(order)]);
    const inside = enterNamespace([command, ...args], {
      directory: root,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    if (keep) inside.process.on("message", (message: InsideMessage) => void expose(message, directory.path));
    return await inside.exitCode;
  } finally {
    directory.release();
  }
}

/** Makes the cluster reachable from the user's own shell, and says how. */
async function expose({ sockets, kubeconfigs, host }: InsideMessage, directory: string): Promise<void> {
  const [apiServer, router, prometheus] = await Promise.all(
    [sockets.apiServer, sockets.router, sockets.prometheus].map(exposeOnLoopback),
  );
  if (!apiServer || !router || !prometheus) return;
  const kubeconfig = join(directory, "kubeconfig");
  writeFileSync(kubeconfig, kubeconfigs.replaceAll("PORT", `${apiServer.port}`), { mode: 0o600 });
  console.log(
    [
      "",
      "The cluster stays until Ctrl-C. From another shell:",
      `  export KUBECONFIG=${kubeconfig}`,
      `  kubectl get rollouts,pods --all-namespaces`,
      `  curl --header "Host: ${host}" http://127.0.0.1:${router.port}/`,
      `  Prometheus: http://127.0.0.1:${prometheus.port} (in a stack's configuration: http://127.0.0.1:9090, where Argo Rollouts finds it)`,
      "",
    ].join("\n"),
  );
}
