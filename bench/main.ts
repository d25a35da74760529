// npm run bench: inside a sandbox's namespace. Ratios against what a user would write instead, and the start of the sandbox.
import Table from "cli-table3";
import { join } from "node:path";
import { startCluster } from "../sandbox/cluster/cluster";
import { createSandboxDirectory } from "../sandbox/host/directory";
import { serveProviders } from "../sandbox/provider";
import { toolchain, toolNames } from "../sandbox/toolchain/toolchain";
import { checkTimes } from "./check";
import { kubeScoreVersion } from "./kubeScore";
import { previewTimes } from "./preview";

/** At a hundred releases the component may cost a tenth more than the same objects declared one by one. */
const most = { releases: 100, ratio: 1.1 };

/** The check may take so many times as long as kube-score, by the number of objects. */
const mostOfKubeScore: readonly (readonly [objects: number, ratio: number])[] = [
  [1_000, 2],
  [10_000, 1],
];

async function main(): Promise<number> {
  const directory = createSandboxDirectory();
  const tools = await toolchain(toolNames);
  const cluster = await startCluster({ directory: directory.path, tools });
  const providers = await serveProviders({ kubeconfig: cluster.kubeconfig });
  try {
    console.log("Start of the sandbox, each part from the start of all:");
    console.log(table(["part", "ready after"], cluster.parts.map(({ name, readyAfterMs }) => [name, `${(readyAfterMs / 1000).toFixed(1)} s`])));
    const engine = {
      directory: join(directory.data, "bench"),
      pulumi: tools.pulumi,
      kubeconfig: cluster.kubeconfig,
      debugProviders: providers.debugProviders,
    };
    const rows: string[][] = [];
    let ratio = NaN;
    for (const releases of [1, 10, most.releases]) {
      process.stderr.write(`previews of ${releases} ${releases === 1 ? "release" : "releases"} ...\n`);
      const { ours, plain } = await previewTimes(releases, engine);
      ratio = ours / plain;
      rows.push([`${releases}`, `${ours.toFixed(2)} s`, `${plain.toFixed(2)} s`, ratio.toFixed(2)]);
    }
    console.log("\nPreview of new stacks, median of five in turn:");
    console.log(table(["releases", "CanaryRelease", "plain resources", "ratio"], rows));
    const kept = ratio <= most.ratio;
    console.log(`${kept ? "kept" : "NOT KEPT"}: at ${most.releases} releases a ratio of at most ${most.ratio}`);
    return benchCheck(directory.data) && kept ? 0 : 1;
  } finally {
    await providers.close();
    await cluster.stop();
    directory.release();
  }
}

/** Prints what the check takes, and whether it keeps its ratios. */
function benchCheck(directory: string): boolean {
  const measured = mostOfKubeScore.map(([objects, most]) => {
    process.stderr.write(`checks of ${objects} objects ...\n`);
    const { ours, kubeScore = NaN } = checkTimes(objects, directory);
    return { objects, ours, kubeScore, kept: !(ours / kubeScore > most) };
  });
  console.log(`\nCheck of files, beside kube-score ${kubeScoreVersion}, median of five in turn:`);
  console.log(table(["objects", "npm run check", "kube-score", "ratio"], measured.map(({ objects, ours, kubeScore }) => [`${objects}`, `${ours.toFixed(2)} s`, `${kubeScore.toFixed(2)} s`, (ours / kubeScore).toFixed(2)])));
  const kept = measured.every((each) => each.kept);
  console.log(`${kept ? "kept" : "NOT KEPT"}: ${mostOfKubeScore.map(([objects, most]) => `at ${objects} objects a ratio of at most ${most}`).join(", ")}`);
  return kept;
}

function table(head: string[], rows: string[][]): string {
  const made = new Table({ head, style: { head: [], border: [] } });
  made.push(...rows);
  return made.toString();
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
