// npm start: a first deploy, a good release and a bad one, on an embedded cluster or on one of your own.
import { Command } from "commander";
import { describeRelease } from "../manifests/describe";
import { planReport } from "../manifests/planReport";
import type { ReleaseArgs } from "../release/settings";
import { demoRelease, ownClusterRelease } from "./demonstration/demoRelease";
import { runEmbedded } from "./demonstration/embedded";
import { runOnOwnCluster } from "./ownCluster/ownCluster";

export interface Options {
  readonly keep: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly router: string;
  readonly prometheus: string;
  readonly scrapeInterval: string;
}

function parseOptions(): Options {
  return new Command("npm start --")
    .description("Releases a demonstration application by canary: a first deploy, a good version, a bad one.")
    .option("--keep", "leave the embedded cluster running afterwards, reachable from your own shell", false)
    .option("--kubeconfig <file>", "use a cluster of your own in place of the embedded one")
    .option("--context <name>", "with --kubeconfig: the context to use")
    .option(
      "--router <url>",
      "with --kubeconfig: where its ingress controller answers, as seen from here",
      "http://127.0.0.1:80",
    )
    .option(
      "--prometheus <url>",
      "with --kubeconfig: where Prometheus answers, as seen from Argo Rollouts",
      "http://prometheus.monitoring:9090",
    )
    .option(
      "--scrape-interval <duration>",
      "with --kubeconfig: how often Prometheus scrapes; the plan's times follow from it",
      "15s",
    )
    .parse()
    .opts<Options>();
}

/** What is going to be released, before anything is built or started. */
function showPlan(args: ReleaseArgs): void {
  const release = describeRelease(args);
  const lines = [
    "The release plan (times are short, for the demonstration):",
    ...planReport(release).lines,
    "",
    "The objects that it stands for:",
    ...release.objects.map(({ object }) => `  ${object.kind} ${object.metadata.name}`),
    "",
  ];
  console.log(lines.join("\n"));
}

async function main(): Promise<number> {
  const options = parseOptions();
  const { kubeconfig } = options;
  showPlan(kubeconfig ? ownClusterRelease("v1", options) : demoRelease("v1", options.prometheus));
  return kubeconfig ? runOnOwnCluster({ ...options, kubeconfig }) : runEmbedded({ keep: options.keep });
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
