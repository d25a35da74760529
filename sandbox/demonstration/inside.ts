// What runs in the sandbox's namespace: the cluster, the engine's providers, and the demonstration or replays.
import { describeRelease } from "../../manifests/describe";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { join } from "node:path";
import { planTable } from "../../release/plan";
import type { ReleaseArgs } from "../../release/settings";
import { startCluster, type Cluster } from "../cluster/cluster";
import { ports } from "../cluster/context";
import { asExpected, demonstrate, outcomeTable, type DemonstratedRelease } from "./demonstration";
import { demo, demoRelease } from "./demoRelease";
import { replayOf, replayRelease, type Replay, type ReplayName } from "./replays";
import { withStack } from "../engine";
import { startLoad } from "../dataPlane/load";
import type { PluginName } from "../toolchain/plugins";
import { exposeOnSocket } from "../host/relay";
import type { AddOn, ToolName } from "../toolchain/toolchain";

/** What the process outside tells this one. */
export interface InsideOrder {
  readonly directory: string;
  readonly tools: Readonly<Record<ToolName, string>>;
  /** Official plugins that take the place of the sandbox's own providers. */
  readonly plugins: readonly PluginName[];
  readonly addOns: readonly AddOn[];
  /** What is replayed in place of the demonstration. */
  readonly replays: readonly ReplayName[];
  readonly keep: boolean;
}

/** What this process tells the one outside, where the cluster is to be reached from there. */
export interface InsideMessage {
  readonly sockets: { readonly apiServer: string; readonly router: string; readonly prometheus: string };
  /** A kubeconfig in which PORT stands for the port outside. */
  readonly kubeconfigs: string;
  readonly host: string;
}

async function main(order: InsideOrder): Promise<number> {
  const cluster = await start(order);
  process.once("SIGINT", () => void stop(cluster, 130));
  process.once("SIGTERM", () => void stop(cluster, 143));
  try {
    if (order.keep) await expose(order, cluster);
    const done =
      order.replays.length === 0
        ? await releaseAll(order, cluster, demonstration(cluster))
        : await replayAll(order, cluster);
    if (order.keep) await new Promise(() => undefined);
    return done ? 0 : 1;
  } finally {
    await cluster.stop();
  }
}

async function stop(cluster: Cluster, code: number): Promise<void> {
  await cluster.stop();
  process.exit(code);
}

async function start({ directory, tools, addOns }: InsideOrder): Promise<Cluster> {
  console.log(
    "Starting the embedded cluster (kwok runs no containers: readiness, termination, CPU and memory of the pods are simulated):",
  );
  return startCluster({
    directory,
    tools,
    addOns,
    report: ({ name, readyAfterMs }) =>
      console.log(`  ${name.padEnd(24)} ready after ${(readyAfterMs / 1000).toFixed(1)} s`),
    onFailure: (error) => {
      console.error(error.message);
      process.exit(1);
    },
  });
}

async function expose({ directory }: InsideOrder, cluster: Cluster): Promise<void> {
  const socket = (name: string) => join(directory, `${name}.sock`);
  const sockets = { apiServer: socket("api"), router: socket("router"), prometheus: socket("prometheus") };
  await exposeOnSocket(ports.apiServer, sockets.apiServer);
  await exposeOnSocket(ports.router, sockets.router);
  await exposeOnSocket(ports.prometheus, sockets.prometheus);
  const message: InsideMessage = {
    sockets,
    kubeconfigs: cluster.kubeconfigFor("https://127.0.0.1:PORT"),
    host: demo.host,
  };
  process.send?.(message);
}

/** Releases of one application. */
interface Show {
  readonly config: (version: string) => ReleaseArgs;
  /** Default: the demonstration's. */
  readonly releases?: readonly DemonstratedRelease[];
}

const demonstration = ({ prometheus }: Cluster): Show => ({ config: (version) => demoRelease(version, prometheus) });

/** Whether each of the replays ended as it must. */
async function replayAll(order: InsideOrder, cluster: Cluster): Promise<boolean> {
  const ends: { readonly name: string; readonly expected: boolean }[] = [];
  for (const replay of order.replays.map(replayOf)) {
    const { name, releases } = replay;
    const config = (version: string) => replayRelease(replay, version, cluster.prometheus);
    console.log(["", ...introduction(replay, config("v1"))].join("\n"));
    ends.push({ name, expected: await releaseAll(order, cluster, { config, releases }) });
  }
  console.log(
    [
      "",
      ...ends.map(({ name, expected }) => `${name}: ${expected ? "ended as it must" : "DID NOT END AS IT MUST"}`),
    ].join("\n"),
  );
  return ends.every(({ expected }) => expected);
}

function introduction({ name, title, factor, inReality }: Replay, args: ReleaseArgs): readonly string[] {
  const shorter = inReality.steps.map(({ hold }, index) => `${hold} becomes ${args.steps?.[index]?.hold}`);
  const times = `The times are compressed ${factor} times: a hold of ${[...new Set(shorter)].join(", one of ")}.`;
  return [`══ ${name}: ${title}`, times, ...planTable(describeRelease(args).settings.steps)];
}

async function releaseAll(
  { directory, tools, plugins }: InsideOrder,
  cluster: Cluster,
  { config, releases }: Show,
): Promise<boolean> {
  const { application, host } = config("v1");
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(cluster.kubeconfig);
  await kubeConfig.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name: application } } });
  return withStack(
    { directory: join(directory, "data", "pulumi", application), pulumi: tools.pulumi, kubeconfig: cluster.kubeconfig },
    plugins,
    async (stack) => {
      const outcomes = await demonstrate({
        stack,
        config,
        ...(releases && { releases }),
        startLoad: () =>
          startLoad({ url: cluster.router, host, requestsPerSecond: demo.requestsPerSecond, maxSeconds: 600 }),
        print: (line) => console.log(line),
      });
      console.log(`\n${outcomeTable(outcomes)}`);
      return asExpected(outcomes);
    },
  );
}

main(JSON.parse(process.argv[2] ?? "{}") as InsideOrder).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
