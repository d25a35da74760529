// npm run bench:releases: inside a sandbox's namespace. Bad releases of several kinds, for this program, for Flagger
// and
// for the analysis of Argo Rollouts' documentation, side by side on one cluster, as their users see them.
import { setTimeout as sleep } from "node:timers/promises";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import Table from "cli-table3";
import { Command, InvalidArgumentError, Option } from "commander";
import { join } from "node:path";
import { startCluster, type Cluster } from "../sandbox/cluster/cluster";
import { startLoad, type Load, type LoadCounts } from "../sandbox/dataPlane/load";
import type { EngineOptions } from "../sandbox/engine";
import { createSandboxDirectory } from "../sandbox/host/directory";
import { toolchain, toolsFor } from "../sandbox/toolchain/toolchain";
import {
  contenders,
  kinds,
  mustAbort,
  promised,
  releaseArgs,
  requestsPerSecond,
  type Contender,
  type Kind,
} from "./badReleases";
import { broken, summary, type Row, type TimedRun } from "./comparison";
import { deploy, type Deployed, type End } from "./contenders";

interface Options {
  readonly repeats: number;
  readonly kinds: readonly string[];
  readonly atOnce: number;
}

const kindNames = kinds.map(({ name }) => name);

function parseOptions(): Options {
  const whole = (text: string) => {
    if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("Accepted is a whole number from 1 on.");
    return Number(text);
  };
  return new Command("npm run bench:releases --")
    .description("Runs bad releases of several kinds, and holds them against the promise and against Flagger.")
    .option("--repeats <number>", "how often each kind is released", whole, 3)
    .addOption(new Option("--kinds <names...>", "the kinds of bad versions").choices(kindNames).default(kindNames))
    .option("--at-once <number>", "how many kinds are released at the same time", whole, 2)
    .parse()
    .opts<Options>();
}

/** A kind of bad version that all contenders release at the same time. */
interface Round {
  readonly kind: Kind;
  readonly number: number;
}

interface Measured extends TimedRun {
  readonly kind: Kind;
  readonly contender: Contender;
  readonly why: string;
  /** Share of the requests that were due which were sent, and those that no version answered. */
  readonly sent: number;
  readonly unanswered: number;
}

interface Bench {
  readonly cluster: Cluster;
  readonly kubeConfig: KubeConfig;
  readonly engine: Omit<EngineOptions, "stack" | "debugProviders">;
}

async function main(): Promise<number> {
  const options = parseOptions();
  const directory = createSandboxDirectory();
  const tools = await toolchain(toolsFor(["flagger"]));
  const onFailure = (error: Error) => {
    console.error(error.message);
    process.exit(1);
  };
  const cluster = await startCluster({ directory: directory.path, tools, addOns: ["flagger"], onFailure });
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(cluster.kubeconfig);
  const engine = { directory: directory.data, pulumi: tools.pulumi, kubeconfig: cluster.kubeconfig };
  try {
    console.log(
      [
        `Each application gets ${requestsPerSecond} requests/s from its users; its first version has two pods.`,
        ...contenders.map(({ name, words }) => `${name}: ${words}`),
        "",
      ].join("\n"),
    );
    const measured = await runAll(options, { cluster, kubeConfig, engine });
    return report(measured);
  } finally {
    await cluster.stop();
    directory.release();
  }
}

async function runAll({ repeats, kinds: names, atOnce }: Options, bench: Bench): Promise<readonly Measured[]> {
  const chosen = kinds.filter(({ name }) => names.includes(name));
  const rounds: Round[] = Array.from({ length: repeats }, (_, index) =>
    chosen.map((kind) => ({ kind, number: index + 1 })),
  ).flat();
  const measured: Measured[] = [];
  const work = async () => {
    for (let round = rounds.shift(); round !== undefined; round = rounds.shift())
      measured.push(...(await runRound(round, bench)));
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return measured;
}

/** Every contender has a new application; all are released once the first version of each runs. */
async function runRound({ kind, number }: Round, { cluster, kubeConfig, engine }: Bench): Promise<readonly Measured[]> {
  const core = kubeConfig.makeApiClient(CoreV1Api);
  const address = { prometheus: cluster.prometheus, loadTester: cluster.loadTester ?? "" };
  const ready = await Promise.all(
    contenders.map(async (contender) => {
      const name = `${contender.name}-${kind.name}-${number}`;
      await core.createNamespace({ body: { metadata: { name } } });
      const place = {
        kubeConfig,
        prometheus: cluster.prometheus,
        engine: { ...engine, directory: join(engine.directory, name), stack: name },
      };
      return {
        contender,
        name,
        deployed: await deploy(contender, (version) => releaseArgs(contender, name, version, address), place),
      };
    }),
  );
  return Promise.all(
    ready.map(async ({ contender, name, deployed }) => {
      const load = await startLoad({
        url: cluster.router,
        host: `${name}.example.com`,
        requestsPerSecond,
        maxSeconds: 600,
      });
      const run = await release(contender, kind, deployed, load);
      const after =
        run.seconds === undefined ? "before it was bad" : `${run.seconds.toFixed(1)} s after its first bad answer`;
      process.stderr.write(
        `${kind.name} ${number}, ${contender.name}: ${run.caught ? `taken back ${after}` : "not caught"}, ${run.bad} bad requests. ${run.why}\n`,
      );
      await core.deleteNamespace({ name });
      return run;
    }),
  );
}

/** How long the stable version is asked before the release, and every version after its end. */
const settleSeconds = 3;

async function release(contender: Contender, kind: Kind, deployed: Deployed, load: Load): Promise<Measured> {
  const version = `v2-${kind.behaviour(contender.steps[0]?.hold ?? 0)}`;
  await sleep(settleSeconds * 1000);
  const end = await deployed.release(version);
  await sleep(settleSeconds * 1000);
  const due = (Date.now() - (await load.counts()).startedAt) * (requestsPerSecond / 1000);
  return { kind, contender, ...asSeen(version, kind, end, await load.stop(), due) };
}

/** Where answers are slow, all of them are bad. */
function asSeen(
  version: string,
  { slow }: Kind,
  end: End,
  { counts, times, sent, errors, timeouts }: LoadCounts,
  due: number,
) {
  const isBad = (status: number) => slow !== undefined || status >= 500;
  const seen = times.find((each) => each.version === version);
  const firstBadAt = slow === undefined ? seen?.firstFailureAt : seen?.firstAnswerAt;
  const sum = (of: LoadCounts["counts"]) => of.reduce((total, { count }) => total + count, 0);
  return {
    caught: end.is === "taken back",
    why: end.why,
    bad: sum(counts.filter((each) => each.version === version && isBad(each.status))),
    ...(seen && firstBadAt !== undefined && { seconds: (seen.lastAnswerAt - firstBadAt) / 1000 }),
    sent: sent / due,
    unanswered: errors + timeouts + sum(counts.filter((each) => each.version === "")),
  };
}

function report(measured: readonly Measured[]): number {
  const rows = kinds.flatMap((kind) =>
    contenders.flatMap((contender): Row[] => {
      const runs = measured.filter((each) => each.kind === kind && each.contender === contender);
      const promise = promised(contender, kind);
      return runs.length === 0
        ? []
        : [
            {
              kind: kind.words,
              contender: contender.name,
              mustAbort: mustAbort(contender, kind),
              ...(promise && { promise }),
              runs,
            },
          ];
    }),
  );
  console.log(tableOf(rows));
  console.log(
    "seconds: from the first bad answer until the version answers nobody; not caught: promoted, its bad requests until then",
  );
  const least = Math.min(...measured.map(({ sent }) => sent));
  console.log(
    `the load was sent to ${(100 * least).toFixed(1)} % at least; ${measured.reduce((sum, { unanswered }) => sum + unanswered, 0)} requests were answered by no version`,
  );
  const found = broken(rows, "ours", ["flagger", "flagger-documented"]);
  const rule = "never above the promise; at most half of Flagger's bad requests and time wherever both must abort";
  console.log(
    found.length === 0 ? `kept: ${rule}` : [`NOT KEPT: ${rule}`, ...found.map((each) => `  ${each}`)].join("\n"),
  );
  return found.length === 0 ? 0 : 1;
}

/** A row for each kind, with a line for each contender. */
function tableOf(rows: readonly Row[]): string {
  const table = new Table({
    head: [
      "the version",
      "contender",
      "must abort",
      "caught",
      "bad: median",
      "worst",
      "promise",
      "seconds: median",
      "worst",
      "promise",
    ],
    style: { head: [], border: [] },
    colWidths: [24],
    wordWrap: true,
  });
  for (const kind of new Set(rows.map((row) => row.kind))) {
    const lines = rows.filter((row) => row.kind === kind).map(cellsOf);
    table.push([kind, ...(lines[0] ?? []).map((_, column) => lines.map((line) => line[column]).join("\n"))]);
  }
  return table.toString();
}

function cellsOf(row: Row): readonly string[] {
  const { caught, early, bad, seconds } = summary(row);
  const { contender, promise, runs } = row;
  const of = `${caught} of ${runs.length - early}`;
  const asText = (value: number, digits: number) => (Number.isFinite(value) ? value.toFixed(digits) : "-");
  const inTime =
    promise === undefined ? "-" : promise.seconds === undefined ? "not surely" : `${Math.ceil(promise.seconds)}`;
  return [
    contender,
    row.mustAbort ? "yes" : "no",
    of,
    asText(bad.median, 0),
    asText(bad.worst, 0),
    `${promise?.badRequests ?? "-"}`,
    asText(seconds.median, 1),
    asText(seconds.worst, 1),
    inTime,
  ];
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(error.stack);
    process.exit(1);
  },
);
