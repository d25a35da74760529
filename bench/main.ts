// npm run bench: inside a sandbox's namespace. Ratios against what a user would write instead, and the start of the
// sandbox.
import Table from "cli-table3";
import { Argument, program } from "commander";
import { join } from "node:path";
import { startCluster, type Cluster } from "../sandbox/cluster/cluster";
import { createSandboxDirectory } from "../sandbox/host/directory";
import type { EngineOptions } from "../sandbox/engine";
import { serveProviders } from "../sandbox/provider";
import { toolchain, toolNames } from "../sandbox/toolchain/toolchain";
import { checkTimes, compilePolicies, judgedOf, type CheckTimes } from "./check";
import { kubeScoreVersion } from "./kubeScore";
import { packStart, packTimes, previewTimes, type PackTimes, type PreviewTimes } from "./preview";
import { programTimes } from "./program";

/** At a hundred releases the component may cost a tenth more than the same objects declared one by one. */
const most = { releases: 100, ratio: 1.1 };

/**
 * The check may take so many times as long as kube-score, by the number of objects; and its time grows with the objects
 * by this power at most.
 */
const mostOfKubeScore = new Map([
  [1_000, 2],
  [10_000, 1],
]);
const mostGrowth = 1.1;

/** At a thousand objects the rules may add a tenth to a preview, beyond what any policy pack adds. */
const mostOfPreview = { objects: 1_000, share: 0.1 };

/** Until its first resource, the program may use so many seconds of processor time. */
const mostOfProgram = 3;

interface Bench {
  readonly engine: EngineOptions;
  readonly cluster: Cluster;
  readonly directory: string;
}

/** What is measured, and whether it keeps its bounds. */
const benches: Readonly<Record<string, (bench: Bench) => boolean | Promise<boolean>>> = {
  start: ({ cluster }) => showStart(cluster),
  program: ({ engine, directory }) => benchProgram(directory, engine.kubeconfig),
  previews: ({ engine }) => benchPreviews(engine),
  check: ({ directory }) => benchCheck(directory),
  pack: ({ engine }) => benchPack(engine),
};

async function main(names: readonly string[]): Promise<number> {
  const directory = createSandboxDirectory();
  const tools = await toolchain(toolNames);
  const cluster = await startCluster({ directory: directory.path, tools });
  const providers = await serveProviders({ kubeconfig: cluster.kubeconfig });
  const engine = {
    directory: join(directory.data, "bench"),
    pulumi: tools.pulumi,
    kubeconfig: cluster.kubeconfig,
    debugProviders: providers.debugProviders,
  };
  try {
    const kept: boolean[] = [];
    for (const name of names)
      kept.push((await benches[name]?.({ engine, cluster, directory: directory.data })) ?? false);
    return kept.every(Boolean) ? 0 : 1;
  } finally {
    await providers.close();
    await cluster.stop();
    directory.release();
  }
}

function showStart({ parts }: Cluster): boolean {
  console.log("Start of the sandbox, each part from the start of all:");
  console.log(
    table(
      ["part", "ready after"],
      parts.map(({ name, readyAfterMs }) => [name, `${(readyAfterMs / 1000).toFixed(1)} s`]),
    ),
  );
  return true;
}

/** Prints what the program uses until its first resource, and whether that is little enough. */
async function benchProgram(directory: string, kubeconfig: string): Promise<boolean> {
  process.stderr.write("starts of the program ...\n");
  const { ours, plain, unchecked } = await programTimes(directory, kubeconfig);
  console.log("\nProcessor time of the program in Node until its first resource, median of five in turn:");
  const row = (program: string, time: number) => [program, seconds(time), (ours / time).toFixed(2)];
  console.log(
    table(
      ["program", "until its first resource", "ratio of this one to it"],
      [
        row("this one", ours),
        row("plain resources, as Pulumi's template runs them", plain),
        row("plain resources, types unchecked", unchecked),
      ],
    ),
  );
  const kept = ours <= mostOfProgram;
  console.log(`${kept ? "kept" : "NOT KEPT"}: at most ${mostOfProgram} s`);
  return kept;
}

/** Prints what previews take, and whether the component costs little enough. */
async function benchPreviews(engine: EngineOptions): Promise<boolean> {
  const measured: PreviewTimes[] = [];
  for (const releases of [1, 10, most.releases]) {
    process.stderr.write(`previews of ${releases} ${releases === 1 ? "release" : "releases"} ...\n`);
    measured.push(await previewTimes(releases, engine));
  }
  const ratio = ({ ours, plain }: PreviewTimes) => ours / plain;
  console.log("\nPreview of new stacks, median of five in turn:");
  console.log(
    table(
      ["releases", "CanaryRelease", "plain resources", "ratio"],
      measured.map((each) => [`${each.releases}`, seconds(each.ours), seconds(each.plain), ratio(each).toFixed(2)]),
    ),
  );
  const kept = measured.slice(-1).every((each) => ratio(each) <= most.ratio);
  console.log(`${kept ? "kept" : "NOT KEPT"}: at ${most.releases} releases a ratio of at most ${most.ratio}`);
  return kept;
}

/** Prints what the policy pack adds to a preview, and whether that is little enough. */
async function benchPack(engine: EngineOptions): Promise<boolean> {
  compilePolicies();
  process.stderr.write("starts of the policy pack ...\n");
  const alone = await packStart(engine);
  const measured: PackTimes[] = [];
  for (const objects of [10, 100, mostOfPreview.objects]) {
    process.stderr.write(`previews of ${objects} objects, without and with policy packs ...\n`);
    measured.push(await packTimes(objects, engine));
  }
  const [start, ofEmpty] = [alone.withPack - alone.without, alone.empty - alone.without];
  const added = measured.map(({ without, empty, withPack }) => {
    const [byThis, byAny] = [(withPack - without - start) / without, (empty - without - ofEmpty) / without];
    return { byThis, byAny, byRules: byThis - byAny };
  });
  const percent = (share = NaN) => `${(100 * share).toFixed(0)} %`;
  const rows = measured.map((each, index) => [
    `${each.objects}`,
    seconds(each.without),
    seconds(each.empty),
    seconds(each.withPack),
    percent(added[index]?.byThis),
    percent(added[index]?.byRules),
  ]);
  console.log(
    `\nPreview of new stacks with policy packs, median of five in turn. Measured on one object that no rule judges, this pack starts in ${seconds(start)}, and one that does nothing in ${seconds(ofEmpty)}:`,
  );
  console.log(
    table(
      ["objects", "no pack", "one that does nothing", "this pack", "this adds beyond its start", "of it by its rules"],
      rows,
    ),
  );
  const largest = added.at(-1);
  const kept = largest !== undefined && largest.byRules <= mostOfPreview.share;
  console.log(
    `${kept ? "kept" : "NOT KEPT"}: at ${mostOfPreview.objects} objects the rules add at most ${percent(mostOfPreview.share)}; a pack that does nothing adds ${percent(largest?.byAny)} beyond its start`,
  );
  return kept;
}

/** Prints what the check takes, and whether it keeps its ratios and grows with the objects alone. */
function benchCheck(directory: string): boolean {
  compilePolicies();
  const { kinds, ours, kubeScore } = judgedOf(1_000, directory);
  const measured = [1_000, 2_000, 5_000, 10_000].map((objects) => {
    process.stderr.write(`checks of ${objects} objects ...\n`);
    return checkTimes(objects, directory);
  });
  console.log(
    `\nCheck of files, compiled and started directly, beside kube-score ${kubeScoreVersion}: whole processes, median of five in turn.`,
  );
  console.log(
    `A thousand objects are ${Object.entries(kinds)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(", ")}; the check judges ${ours} of them, and kube-score ${kubeScore ?? "is not here"}.`,
  );
  const rows = measured.map((each) => {
    const perThousand = (each.ours / each.objects) * 1_000;
    return [
      `${each.objects}`,
      seconds(each.ours),
      seconds(perThousand),
      seconds(each.kubeScore ?? NaN),
      ratioOf(each).toFixed(2),
    ];
  });
  console.log(table(["objects", "check", "for each 1000", "kube-score", "ratio"], rows));
  const growth = growthOf(measured);
  const kept =
    measured.every((each) => !(ratioOf(each) > (mostOfKubeScore.get(each.objects) ?? Infinity))) &&
    growth <= mostGrowth;
  const ratios = [...mostOfKubeScore]
    .map(([objects, most]) => `at ${objects} objects a ratio of at most ${most}`)
    .join(", ");
  console.log(
    `${kept ? "kept" : "NOT KEPT"}: ${ratios}; from 2000 to 10000 objects the time grows as their number to the power of ${growth.toFixed(2)}, at most ${mostGrowth}`,
  );
  return kept;
}

const ratioOf = ({ ours, kubeScore = NaN }: CheckTimes) => ours / kubeScore;

/** The power of the number of objects that the time grows by, where the start counts for little. */
function growthOf(measured: readonly CheckTimes[]): number {
  const [few, many] = [2_000, 10_000].map((objects) => measured.find((each) => each.objects === objects));
  return few && many ? Math.log(many.ours / few.ours) / Math.log(many.objects / few.objects) : NaN;
}

const seconds = (time: number) => `${time.toFixed(2)} s`;

function table(head: string[], rows: string[][]): string {
  const made = new Table({ head, style: { head: [], border: [] } });
  made.push(...rows);
  return made.toString();
}

const all = Object.keys(benches);
program
  .name("npm run bench --")
  .addArgument(new Argument("[parts...]", "what to measure; all of it where nothing is named").choices(all))
  .parse();

main(program.args.length > 0 ? program.args : all).then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
