import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiException, CoreV1Api, CustomObjectsApi, KubeConfig, KubernetesObjectApi } from "@kubernetes/client-node";
import { describeRelease } from "../../manifests/describe";
import type { WeightField } from "../../manifests/description";
import { RefusedRelease } from "../../release/settings/refusal";
import type { ReleaseArgs } from "../../release/settings";
import { startCluster, type Cluster } from "../../sandbox/cluster/cluster";
import { createSandboxDirectory } from "../../sandbox/host/directory";
import { startLoad } from "../../sandbox/dataPlane/load";
import { demoRelease } from "../../sandbox/demonstration/demoRelease";
import { createStack, type DeployedStack } from "../../sandbox/engine";
import { serveProviders } from "../../sandbox/provider";
import { toolchain, toolsFor, type AddOn } from "../../sandbox/toolchain/toolchain";
import type { Rollout } from "../../verdict/types/argoRollouts";

/** A running cluster, the engine's providers, and applications to release on it. */
export interface Sandbox {
  readonly cluster: Cluster;
  readonly kubeConfig: KubeConfig;
  /**
   * A new application in a namespace of its own, which nothing has deployed yet; users ask at the router's URL, by
   * default Traefik's.
   */
  application(name: string, router?: string): Promise<SandboxApplication>;
  stop(): Promise<void>;
}

/** One application: its stack, and what the cluster says of it. */
export interface SandboxApplication {
  readonly name: string;
  readonly host: string;
  /** URL of the router that users ask. */
  readonly router: string;
  readonly deployed: DeployedStack;
  /** Configures the stack for a version of the application; what is given replaces the demonstration's settings. */
  configure(version: string, change?: Partial<ReleaseArgs>): void;
  /** `pulumi up`: what it said on its way, and the error that it ended with. */
  up(): Promise<{
    readonly said: readonly string[];
    readonly error?: Error;
    readonly changes: Readonly<Record<string, number>>;
  }>;
  rollout(): Promise<Rollout>;
  /** The canary's weight at the router; undefined where there is no such field, or no canary Ingress yet. */
  weight(): Promise<number | undefined>;
  /** So many requests through the router, one after the other: how many each version answered, by x-version. */
  ask(requests: number, headers?: Headers): Promise<Answers>;
  /** A user with a browser: keeps the cookies that answers set, and sends them again. */
  user(): User;
}

type Headers = Readonly<Record<string, string>>;
type Answers = Readonly<Record<string, number>>;

/** Somebody who asks again and again. */
export interface User {
  /** The cookies that the user has, by name. */
  readonly cookies: ReadonlyMap<string, string>;
  ask(requests: number): Promise<Answers>;
}

/** Starts a cluster. Only inside a sandbox's namespace. */
export async function startSandbox(addOns: readonly AddOn[] = []): Promise<Sandbox> {
  const outside = Object.values(networkInterfaces())
    .flat()
    .filter((one) => one?.internal === false);
  if (outside.length > 0) throw new Error("Run this inside a sandbox: npm run test:cluster");
  const root = mkdtempSync(join(tmpdir(), "canary-"));
  const directory = createSandboxDirectory(root);
  const tools = await toolchain(toolsFor(addOns));
  const cluster = await startCluster({
    directory: directory.path,
    tools,
    addOns,
    onFailure: (error) => console.error(error.message),
  });
  const providers = await serveProviders({ kubeconfig: cluster.kubeconfig });
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(cluster.kubeconfig);
  return {
    cluster,
    kubeConfig,
    application: async (name, router = cluster.router) => {
      await kubeConfig.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name } } });
      const deployed = await createStack({
        directory: join(directory.data, name),
        pulumi: tools.pulumi,
        kubeconfig: cluster.kubeconfig,
        debugProviders: providers.debugProviders,
        stack: name,
      });
      return application(name, router, deployed, cluster, kubeConfig);
    },
    stop: async () => {
      await providers.close();
      await cluster.stop();
      directory.release();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function application(
  name: string,
  router: string,
  deployed: DeployedStack,
  cluster: Cluster,
  kubeConfig: KubeConfig,
): SandboxApplication {
  const host = `${name}.example.com`;
  const agent = new Agent({ keepAlive: true });
  let field: WeightField | undefined;
  return {
    name,
    host,
    router,
    deployed,
    configure: (version, change) => {
      const args = demoRelease(version, cluster.prometheus, { application: name, namespace: name, host, ...change });
      field = weightField(args);
      deployed.configure(args);
    },
    up: async () => {
      const said: string[] = [];
      let changes: Readonly<Record<string, number>> = {};
      const failed = await deployed.stack
        .up({
          suppressProgress: true,
          onEvent: ({ diagnosticEvent, summaryEvent }) => {
            if (diagnosticEvent) said.push(...diagnosticEvent.message.replace(/<\{%[^%]*%\}>/g, "").split("\n"));
            if (summaryEvent) changes = summaryEvent.resourceChanges as Record<string, number>;
          },
        })
        .then(
          () => undefined,
          (error: Error) => error,
        );
      return { said, changes, ...(failed && { error: failed }) };
    },
    rollout: async () => {
      const api = kubeConfig.makeApiClient(CustomObjectsApi);
      const reference = { group: "argoproj.io", version: "v1alpha1", plural: "rollouts", namespace: name, name };
      return (await api.getNamespacedCustomObject(reference)) as Rollout;
    },
    weight: async () => {
      const { apiVersion, kind, name: holder, path } = field ?? {};
      if (!apiVersion || !kind || !holder || !path) return undefined;
      const api = KubernetesObjectApi.makeApiClient(kubeConfig);
      const object = await api
        .read({ apiVersion, kind, metadata: { name: holder, namespace: name } })
        .catch((error: unknown) => {
          if (error instanceof ApiException && error.code === 404) return undefined;
          throw error;
        });
      const value = path.reduce<unknown>(
        (at, key) => (at as Record<string | number, unknown> | undefined)?.[key],
        object,
      );
      return value === undefined ? undefined : Number(value);
    },
    ask: (requests, headers = {}) =>
      count(requests, async () => (await askOnce(router, { ...headers, host }, agent)).version),
    user: () => {
      const cookies = new Map<string, string>();
      const askAsUser = async () => {
        const cookie = [...cookies].map(([key, value]) => `${key}=${value}`).join("; ");
        const { version, setCookie } = await askOnce(router, { host, ...(cookie && { cookie }) }, agent);
        for (const [, key = "", value = ""] of setCookie.map((line) => /^([^=]+)=([^;]*)/.exec(line) ?? []))
          cookies.set(key, value);
        return version;
      };
      return { cookies, ask: (requests) => count(requests, askAsUser) };
    },
  };
}

async function count(requests: number, ask: () => Promise<string>): Promise<Answers> {
  const answers: Record<string, number> = {};
  for (let sent = 0; sent < requests; sent++) {
    const version = await ask();
    answers[version] = (answers[version] ?? 0) + 1;
  }
  return answers;
}

/** Nothing for a release that is refused, which a test may want to see refused by the program. */
function weightField(args: ReleaseArgs): WeightField | undefined {
  try {
    return describeRelease(args).weight;
  } catch (error) {
    if (error instanceof RefusedRelease) return undefined;
    throw error;
  }
}

/** The version that answered, or the router's status where none did. */
function askOnce(
  url: string,
  headers: Headers,
  agent: Agent,
): Promise<{ readonly version: string; readonly setCookie: readonly string[] }> {
  return new Promise((resolve, reject) => {
    request(url, { agent, headers }, (response) => {
      response.resume();
      const version = String(response.headers["x-version"] ?? `router's ${response.statusCode}`);
      response.once("end", () => resolve({ version, setCookie: response.headers["set-cookie"] ?? [] }));
    })
      .once("error", reject)
      .end();
  });
}

/** Tries until it succeeds, for so many seconds at most. */
export async function eventually(check: () => Promise<void>, seconds = 30): Promise<void> {
  for (let left = 2 * seconds; ; left--) {
    try {
      return await check();
    } catch (error) {
      if (left === 0) throw error;
      await sleep(500);
    }
  }
}

/** Does something while an application gets a hundred requests a second; `seen` says what its users saw so far. */
export async function underLoad<Result>({ host, router }: SandboxApplication, use: () => Promise<Result>) {
  const load = await startLoad({ url: router, host, requestsPerSecond: 100, maxSeconds: 110 });
  try {
    return { result: await use(), seen: () => load.counts() };
  } finally {
    await load.stop();
  }
}

/**
 * Asks in hundreds until something is done, and counts for each settled weight how many of each hundred the version
 * answered. These are all the requests that there are, so that each hundred spans whole cycles of an exact router.
 */
export async function sharesUntil(
  done: Promise<unknown>,
  application: SandboxApplication,
  version: string,
): Promise<ReadonlyMap<number, readonly number[]>> {
  const shares = new Map<number, number[]>();
  let over = false;
  void done.finally(() => (over = true));
  for (let settledAt = 0, last: number | undefined; !over;) {
    const weight = await application.weight();
    if (weight !== last) settledAt = performance.now() + 1500;
    last = weight;
    const answers = await application.ask(100);
    const settled = performance.now() > settledAt && (await application.weight()) === weight;
    if (settled && weight !== undefined && weight > 0)
      shares.set(weight, [...(shares.get(weight) ?? []), answers[version] ?? 0]);
  }
  return shares;
}
