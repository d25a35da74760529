import { describeRelease } from "../../manifests/describe";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { formatDuration } from "../../release/units";
import { checksError, inWords, runChecks } from "./checks";
import { request } from "../cluster/request";
import { clusterChecks, measureOnce, type OwnPlace } from "./clusterPreflight";
import { asExpected, demonstrate, outcomeTable } from "../demonstration/demonstration";
import { demonstrationSeconds, ownClusterRelease, ownDemo } from "../demonstration/demoRelease";
import { createSandboxDirectory, type SandboxDirectory } from "../host/directory";
import { withStack, type DeployedStack } from "../engine";
import { Interruption } from "../host/interruption";
import { readContext } from "./kubeconfig";
import { startLoad, type Load } from "../dataPlane/load";
import { OwnCluster, poll } from "./ownClusterApi";
import { OwnNamespace } from "./ownNamespace";
import { officialPlugins } from "../toolchain/plugins";
import { toolchain } from "../toolchain/toolchain";

export interface OwnClusterOptions {
  /** Path of a kubeconfig. */
  readonly kubeconfig: string;
  /** Default: the kubeconfig's current context. */
  readonly context?: string;
  /** URL of the ingress controller on this machine's loopback. */
  readonly router: string;
  /** URL of Prometheus, as seen from Argo Rollouts. */
  readonly prometheus: string;
  /** Such as "15s". */
  readonly scrapeInterval: string;
}

/**
 * Runs the demonstration on a cluster of the user's own and leaves nothing there; the exit code says whether each
 * release ended as it must.
 */
export async function runOnOwnCluster(options: OwnClusterOptions): Promise<number> {
  // npm starts a script in the package's own directory, and says where it was called.
  const given = resolve(process.env.INIT_CWD ?? "", options.kubeconfig);
  const kubeconfig = readContext(given, options.context);
  const directory = createSandboxDirectory();
  const interruption = new Interruption();
  try {
    const file = join(directory.data, "kubeconfig");
    writeFileSync(file, kubeconfig, { mode: 0o600 });
    const cluster = new OwnCluster(file, interruption.signal);
    const kubectl = ["kubectl --kubeconfig", given, ...(options.context ? ["--context", options.context] : [])].join(
      " ",
    );
    const namespace = new OwnNamespace(cluster, ownDemo.namespace, kubectl);
    interruption.endAtOnce = () => {
      directory.release();
      if (namespace.made) console.error(leftover(namespace));
    };
    try {
      const code = await runIn({ ...options, cluster, namespace, kubectl }, options, directory);
      return interruption.exitCode || code;
    } catch (error) {
      if (!interruption.signal.aborted) throw error;
      return interruption.exitCode;
    } finally {
      await removeNamespace(namespace);
    }
  } finally {
    interruption.close();
    directory.release();
  }
}

function leftover({ removal }: OwnNamespace): string {
  return `Something of the demonstration may be left on the cluster. To remove it: ${removal}`;
}

async function removeNamespace(namespace: OwnNamespace): Promise<void> {
  if (!namespace.made) return;
  console.log(`Removing the namespace ${namespace.name} ...`);
  const gone = await namespace.remove().catch((error: Error) => console.error(error.message));
  if (gone) console.log("Nothing is left on the cluster.");
  else console.error(leftover(namespace));
}

async function runIn(place: OwnPlace, options: OwnClusterOptions, directory: SandboxDirectory): Promise<number> {
  const { cluster } = place;
  const { settings } = describeRelease(ownClusterRelease("v1", options));
  console.log(`Checking the cluster of ${place.kubectl}:`);
  const findings = await runChecks(
    clusterChecks(place),
    cluster.signal,
    (finding) => finding.is === "fine" && console.log(inWords(finding)),
  );
  const lacking = checksError("This cluster cannot run the demonstration:", findings);
  cluster.signal.throwIfAborted();
  if (lacking) throw lacking;

  const pulumi = await ownPulumi();
  const plugins = await officialPlugins(pulumi, (line) => console.log(line));
  await createSource(cluster);
  console.log(
    `The demonstration takes about ${formatDuration(Math.ceil(demonstrationSeconds(settings) / 60) * 60)}, and longer where the image is to be pulled first.`,
  );
  return withStack(
    { directory: join(directory.data, "pulumi"), pulumi, kubeconfig: cluster.kubeconfig },
    plugins,
    async (deployed) => {
      try {
        const outcomes = await demonstrate({
          stack: interruptible(deployed, cluster.signal),
          config: (version) => ownClusterRelease(version, options),
          startLoad: () => loadOnceSeen(place, options),
          // What an interrupted engine says of the release does not hold: its namespace goes.
          print: (line) => cluster.signal.aborted || console.log(line),
        });
        console.log(`\n${outcomeTable(outcomes)}`);
        return asExpected(outcomes) ? 0 : 1;
      } finally {
        // An interrupted engine may have left its state half written; the namespace holds every object in any case.
        if (!cluster.signal.aborted) await destroy(deployed, cluster.signal);
      }
    },
  );
}

async function ownPulumi(): Promise<string> {
  const { pulumi } = await toolchain(["pulumi"], (event) => {
    if (event.kind === "plan")
      console.log(
        `Building pulumi with Go, once: about ${formatDuration(event.seconds)} on two cores; kept in ${event.directory}`,
      );
    if (event.kind === "passed over")
      console.log(`${event.file} is ${event.version}, and ${event.least} or later is needed.`);
  });
  return pulumi;
}

/** The application's source, which every version runs. */
async function createSource(cluster: OwnCluster): Promise<void> {
  const { namespace, source } = ownDemo;
  const data = { "application.ts": readFileSync(join(__dirname, "..", "dataPlane", "application.ts"), "utf8") };
  const body = { metadata: { name: source }, data };
  await cluster.ask(`ConfigMap ${source}`, cluster.core.createNamespacedConfigMap({ namespace, body }));
}

/** A stack whose next deployment is refused, and whose present one is ended, once the signal is given. */
function interruptible({ stack, configure }: DeployedStack, signal: AbortSignal): DeployedStack {
  const up: typeof stack.up = (options) => stack.up({ ...options, signal });
  return {
    stack: Object.assign(Object.create(stack) as typeof stack, { up }),
    configure: (config) => {
      signal.throwIfAborted();
      configure(config);
    },
  };
}

async function destroy({ stack }: DeployedStack, signal: AbortSignal): Promise<void> {
  console.log("\nDestroying the stack ...");
  await stack.destroy({ suppressProgress: true, signal }).catch((error: Error) => console.error(error.message));
}

/**
 * Real requests, once the router leads to the application and Prometheus scrapes it: without them the good version
 * would fail too.
 */
async function loadOnceSeen({ cluster, router, prometheus }: OwnPlace, options: OwnClusterOptions): Promise<Load> {
  const { settings } = describeRelease(ownClusterRelease("v1", options));
  const { namespace, host, requestsPerSecond } = ownDemo;
  let answer = "nothing";
  const routed = async () => {
    const { status, body } = await request(router, { headers: { host } });
    answer = `${status}: ${body.trim().slice(0, 100)}`;
    return body.includes('"version":"v1"') ? true : undefined;
  };
  if (!(await poll(30, routed, cluster.signal))) {
    throw new Error(
      `The router at ${router} does not lead to the application: for the host ${host} it answers ${answer}\n` +
        "Name with --router where the ingress controller of the IngressClass nginx answers.",
    );
  }
  const patience = 20 + 3 * settings.prometheus.scrapeInterval;
  const query = `count(up{namespace="${namespace}",rollouts_pod_template_hash!=""} == 1)`;
  const scraped = async () => {
    const { phase } = await measureOnce(cluster, prometheus, query, "len(result) > 0 && result[0] > 0");
    return phase === "Successful" ? true : undefined;
  };
  if (!(await poll(patience, scraped, cluster.signal))) {
    throw new Error(
      `Prometheus does not scrape the application's pods: after ${formatDuration(patience)} it has nothing for ${query}\n` +
        'It must scrape pods with the annotation prometheus.io/scrape "true", and keep their namespace and labels ' +
        "(relabel_configs: a labelmap of __meta_kubernetes_pod_label_(.+), and __meta_kubernetes_namespace as namespace), as the chart prometheus-community/prometheus does.",
    );
  }
  return startLoad({
    url: router,
    host,
    requestsPerSecond,
    maxSeconds: 2 * demonstrationSeconds(settings) + settings.progressDeadline,
  });
}
