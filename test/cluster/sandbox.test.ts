// The sandbox's own cluster, with the real tools. Run inside sandbox/host/namespace.ts.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { CoreV1Api, KubeConfig, KubernetesObjectApi, type KubernetesObject, type V1Pod } from "@kubernetes/client-node";
import { request } from "../../sandbox/cluster/request";
import { startCluster, type Cluster } from "../../sandbox/cluster/cluster";
import { createSandboxDirectory, removeDeadSandboxes, type SandboxDirectory } from "../../sandbox/host/directory";
import { startLoad } from "../../sandbox/dataPlane/load";
import { clusterTools, toolchain } from "../../sandbox/toolchain/toolchain";
import { eventually } from "../support/eventually";

describe("the embedded cluster", function () {
  this.timeout(60_000);
  const root = mkdtempSync(join(tmpdir(), "canary-"));
  let directory: SandboxDirectory;
  let cluster: Cluster;
  let objects: KubernetesObjectApi;
  let core: CoreV1Api;
  const failures: Error[] = [];

  before(async () => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .filter((one) => one?.internal === false);
    assert.deepEqual(outside, [], "Run this inside a sandbox: sandbox/host/namespace.ts -- mocha ...");
    directory = createSandboxDirectory(root);
    cluster = await startCluster({
      directory: directory.path,
      tools: await toolchain(clusterTools),
      onFailure: (error) => failures.push(error),
    });
    const config = new KubeConfig();
    config.loadFromFile(cluster.kubeconfig);
    objects = KubernetesObjectApi.makeApiClient(config);
    core = config.makeApiClient(CoreV1Api);
  });
  after(async () => {
    await cluster?.stop();
    directory?.release();
    rmSync(root, { recursive: true });
  });
  afterEach(() =>
    assert.deepEqual(
      failures.map(({ message }) => message),
      [],
    ),
  );

  it("is ready within 20 seconds, every part of it", () => {
    const names = cluster.parts.map(({ name }) => name).sort();
    assert.deepEqual(names, [
      "argo-rollouts",
      "data plane",
      "etcd",
      "kube-apiserver",
      "kube-controller-manager",
      "kube-scheduler",
      "kwok",
      "prometheus",
      "traefik",
    ]);
    const slow = cluster.parts.filter(({ readyAfterMs }) => readyAfterMs > 20_000);
    assert.deepEqual(slow, []);
    console.log(`      ${cluster.parts.map(({ name, readyAfterMs }) => `${name} ${readyAfterMs} ms`).join(", ")}`);
  });

  it("shows nobody the administrator's token on a command line", () => {
    const [, token = ""] = /token: (\S+)/.exec(readFileSync(cluster.kubeconfig, "utf8")) ?? [];
    assert.match(token, /^[0-9a-f]{48}$/);
    const commandLines = readdirSync("/proc").flatMap((process) => {
      try {
        return /^\d+$/.test(process) ? readFileSync(join("/proc", process, "cmdline"), "utf8") : [];
      } catch {
        // It has ended since.
        return [];
      }
    });
    assert.ok(commandLines.some((line) => line.includes("traefik")));
    assert.deepEqual(
      commandLines.filter((line) => line.includes(token)),
      [],
    );
  });

  it("routes requests to the pods of two Deployments through plain Ingresses", async () => {
    for (const version of ["v1", "v2"]) {
      await create(
        deployment(`plain-${version}`, version),
        service(`plain-${version}`),
        ingress(`plain-${version}`, `plain-${version}.test`),
      );
    }
    for (const version of ["v1", "v2"]) {
      const { body } = await eventually(
        () => ask(`plain-${version}.test`),
        ({ status }) => status === 200,
      );
      const answer = JSON.parse(body) as { version: string; pod: string };
      assert.equal(answer.version, version);
      assert.match(answer.pod, new RegExp(`^plain-${version}-`));
    }
  });

  it("scrapes each pod at its own address, with its labels, and the simulated containers", async () => {
    await Promise.all([1, 2, 3, 4].map(() => ask("plain-v1.test")));
    const series = await eventually(
      () =>
        query(
          'sum by (namespace, pod, app, pod_template_hash, http_response_status_code) (http_server_request_duration_seconds_count{app="plain-v1"})',
        ),
      (found) => found.length === 2,
    );
    const pods = await podsOf("plain-v1");
    assert.deepEqual(series.map(({ metric }) => metric.pod).sort(), pods.map(({ metadata }) => metadata?.name).sort());
    for (const { metric } of series) {
      assert.deepEqual(
        { ...metric, pod: "", pod_template_hash: "" },
        { namespace: "default", pod: "", app: "plain-v1", pod_template_hash: "", http_response_status_code: "200" },
      );
      assert.match(metric.pod_template_hash ?? "", /^[a-z0-9]+$/);
    }
    for (const [metric, value] of [
      ['kube_pod_container_resource_limits{resource="cpu"', 0.25],
      ["container_memory_working_set_bytes{", undefined],
    ] as const) {
      const [one] = await eventually(
        () => query(`${metric}${metric.endsWith("{") ? "" : ","}pod="${pods[0]?.metadata?.name}"}`),
        (found) => found.length === 1,
      );
      if (value !== undefined) assert.equal(Number(one?.value[1]), value);
    }
  });

  it("splits requests by a canary Ingress's weight: of each hundred, one more or less than said at most", async () => {
    await create(
      deployment("split-stable", "v1"),
      deployment("split-canary", "v2"),
      service("split-stable"),
      service("split-canary"),
    );
    await create(
      ingress("split-stable", "split.test"),
      ingress("split-canary", "split.test", { canary: "true", "canary-weight": "25" }),
    );
    await eventually(
      () => ask("split.test"),
      ({ version }) => version === "v2",
    );
    await sleep(300);
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask("split.test")));
    const canary = answers.filter(({ version }) => version === "v2").length;
    assert.ok(Math.abs(canary - 25) <= 1, `${canary}`);
    assert.deepEqual(
      answers.filter(({ status }) => status !== 200),
      [],
    );
  });

  it("keeps a pod that never becomes ready out of the routing", async () => {
    await create(deployment("unready", "v5-unready"), service("unready"), ingress("unready", "unready.test"));
    const pods = await eventually(
      () => podsOf("unready"),
      (found) => found.length === 2 && found.every(({ status }) => status?.phase === "Running"),
    );
    assert.ok(pods.every(({ status }) => status?.conditions?.find(({ type }) => type === "Ready")?.status === "False"));
    await sleep(500);
    const { status, version } = await ask("unready.test");
    assert.equal(status, 503);
    assert.equal(version, undefined);
    const health = await request(`http://${pods[0]?.status?.podIP}:8080/healthz`);
    assert.equal(health.status, 503);
  });

  it("loses no request when pods with a preStop sleep are replaced under load", async () => {
    await create(
      deployment("rolling", "v1", { lifecycle: { preStop: { sleep: { seconds: 2 } } } }),
      service("rolling"),
      ingress("rolling", "rolling.test"),
    );
    await eventually(
      () => ask("rolling.test"),
      ({ status }) => status === 200,
    );
    const load = await startLoad({ url: cluster.router, host: "rolling.test", requestsPerSecond: 100, maxSeconds: 20 });
    await objects.patch(
      deployment("rolling", "v2", { lifecycle: { preStop: { sleep: { seconds: 2 } } } }),
      undefined,
      undefined,
      "test",
      true,
      "application/apply-patch+yaml",
    );
    await eventually(
      () => podsOf("rolling"),
      (found) => found.length === 2 && found.every(({ spec }) => spec?.containers[0]?.image === "shop:v2"),
    );
    const { counts, errors, timeouts, skipped } = await load.stop();
    assert.deepEqual(
      counts.filter(({ status }) => status !== 200),
      [],
    );
    assert.deepEqual(counts.map(({ version }) => version).sort(), ["v1", "v2"]);
    assert.deepEqual([errors, timeouts, skipped], [0, 0, 0]);
  });

  it("lets a pod without a preStop hook go at once, with its address", async () => {
    const [pod] = await podsOf("plain-v2");
    await core.deleteNamespacedPod({ namespace: "default", name: pod?.metadata?.name ?? "" });
    const left = await eventually(
      () => podsOf("plain-v2"),
      (found) => found.every(({ metadata }) => metadata?.uid !== pod?.metadata?.uid),
      1500,
    );
    if (left.some(({ status }) => status?.podIP === pod?.status?.podIP)) return;
    await assert.rejects(request(`http://${pod?.status?.podIP}:8080/metrics`));
  });

  it("takes a Rollout one step of weight further, and back to all of it", async () => {
    await create(
      service("rollout-stable", "rollout"),
      service("rollout-canary", "rollout"),
      ingress("rollout-stable", "rollout.test"),
      rollout("v1"),
    );
    await eventually(
      () => ask("rollout.test"),
      ({ status }) => status === 200,
    );
    await eventually(
      () => phaseOf("rollout"),
      (phase) => phase === "Healthy",
    );
    await objects.patch(rollout("v2"), undefined, undefined, "test", true, "application/apply-patch+yaml");
    await eventually(
      () => phaseOf("rollout"),
      (phase) => phase === "Paused",
    );
    await eventually(
      () => ask("rollout.test"),
      ({ version }) => version === "v2",
    );
    await sleep(300);
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask("rollout.test")));
    const canary = answers.filter(({ version }) => version === "v2").length;
    assert.ok(Math.abs(canary - 20) <= 1, `${canary}`);
    await eventually(
      () => phaseOf("rollout"),
      (phase) => phase === "Healthy",
      20_000,
    );
    const twenty = () => Promise.all(Array.from({ length: 20 }, () => ask("rollout.test")));
    const after = await eventually(twenty, (found) => found.every(({ version }) => version === "v2"));
    assert.deepEqual(
      after.filter(({ status }) => status !== 200),
      [],
    );
  });

  it("runs beside a second one, of which nothing is left when whoever started it is killed", async () => {
    const secondRoot = join(root, "second");
    const script = join(__dirname, "secondSandbox.ts");
    const starter = spawn(process.execPath, ["-r", "ts-node/register/transpile-only", script, secondRoot], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: starter.stdout }).once("line", resolve);
      starter.once("exit", (code) => reject(new Error(`The second sandbox ended with ${code}.`)));
    });
    const second = JSON.parse(line) as { path: string; kubeconfig: string };
    assert.ok(processesNaming(second.path).length >= 8, processesNaming(second.path).join("\n"));
    assert.equal((await ask("plain-v1.test")).status, 200);

    starter.kill("SIGKILL");
    await eventually(
      async () => processesNaming(secondRoot),
      (left) => left.length === 0,
      3000,
    );
    assert.equal(existsSync(second.kubeconfig), true);
    await eventually(
      async () => removeDeadSandboxes(secondRoot),
      ([removed]) => removed === second.path,
      3000,
    );
    assert.deepEqual(readdirSync(second.path), ["logs"]);
    assert.equal((await ask("plain-v1.test")).status, 200);
  });

  it("says which part ended, with the end of its log", async () => {
    const { path } = createSandboxDirectory(join(root, "broken"));
    const broken = await startCluster({
      directory: path,
      tools: { ...(await toolchain(clusterTools)), etcd: "/bin/false" },
    }).then(
      () => undefined,
      (error: Error) => error,
    );
    assert.match(broken?.message ?? "", /^The cluster's etcd ended with code 1\. The end of its log:/);
    assert.match(broken?.message ?? "", /The whole log is .*\/logs\/etcd\.log\.$/);
    assert.deepEqual(processesNaming(path), []);
  });

  async function create(...all: KubernetesObject[]): Promise<void> {
    for (const object of all) await objects.create(object);
  }

  async function ask(host: string): Promise<{ status: number; version: string | undefined; body: string }> {
    const { status, body } = await request(cluster.router, { headers: { host } });
    const version = body.startsWith("{") ? (JSON.parse(body) as { version: string }).version : undefined;
    return { status, version, body };
  }

  async function query(promql: string): Promise<{ metric: Record<string, string>; value: [number, string] }[]> {
    const { body } = await request(`${cluster.prometheus}/api/v1/query?query=${encodeURIComponent(promql)}`);
    return (JSON.parse(body) as { data: { result: { metric: Record<string, string>; value: [number, string] }[] } })
      .data.result;
  }

  async function podsOf(app: string): Promise<V1Pod[]> {
    return (await core.listNamespacedPod({ namespace: "default", labelSelector: `app=${app}` })).items;
  }

  async function phaseOf(name: string): Promise<string | undefined> {
    const found = (await objects.read({
      ...rollout("v1"),
      metadata: { name, namespace: "default" },
    })) as KubernetesObject & {
      metadata: { generation: number };
      status?: { phase?: string; observedGeneration?: string };
    };
    return found.status?.observedGeneration === String(found.metadata.generation) ? found.status?.phase : undefined;
  }
});

/** The command lines of the running processes that have this text in them. */
function processesNaming(text: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      } catch {
        return "";
      }
    })
    .filter((line) => line.includes(text));
}

function podTemplate(app: string, version: string, container: object = {}) {
  return {
    metadata: { labels: { app }, annotations: { "prometheus.io/scrape": "true", "prometheus.io/port": "8080" } },
    spec: {
      containers: [
        {
          name: "app",
          image: `shop:${version}`,
          ports: [{ containerPort: 8080 }],
          resources: { limits: { cpu: "250m", memory: "128Mi" } },
          ...container,
        },
      ],
    },
  };
}

function deployment(name: string, version: string, container: object = {}): KubernetesObject & object {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "default" },
    spec: { replicas: 2, selector: { matchLabels: { app: name } }, template: podTemplate(name, version, container) },
  } as KubernetesObject;
}

function service(name: string, app = name): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace: "default" },
    spec: { selector: { app }, ports: [{ name: "http", port: 80, targetPort: 8080 }] },
  } as KubernetesObject;
}

function ingress(name: string, host: string, annotations: Readonly<Record<string, string>> = {}): KubernetesObject {
  const prefixed = Object.fromEntries(
    Object.entries(annotations).map(([key, value]) => [`nginx.ingress.kubernetes.io/${key}`, value]),
  );
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name, namespace: "default", annotations: prefixed },
    spec: {
      ingressClassName: "nginx",
      rules: [
        {
          host,
          http: { paths: [{ path: "/", pathType: "Prefix", backend: { service: { name, port: { number: 80 } } } }] },
        },
      ],
    },
  } as KubernetesObject;
}

function rollout(version: string): KubernetesObject {
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Rollout",
    metadata: { name: "rollout", namespace: "default" },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: "rollout" } },
      template: podTemplate("rollout", version),
      strategy: {
        canary: {
          stableService: "rollout-stable",
          canaryService: "rollout-canary",
          trafficRouting: { nginx: { stableIngress: "rollout-stable" } },
          steps: [{ setWeight: 20 }, { pause: { duration: "4s" } }],
        },
      },
    },
  } as KubernetesObject;
}
