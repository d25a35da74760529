import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { KubeConfig, KubernetesObjectApi, type KubernetesObject } from "@kubernetes/client-node";
import { startCluster, type Cluster } from "../../sandbox/cluster/cluster";
import { istioGateway } from "../../sandbox/cluster/istio";
import { request } from "../../sandbox/cluster/request";
import { gateway } from "../../sandbox/cluster/traefik";
import { createSandboxDirectory, type SandboxDirectory } from "../../sandbox/host/directory";
import { addOns, toolchain, toolsFor } from "../../sandbox/toolchain/toolchain";
import { eventually } from "../support/eventually";

interface Declared extends KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: object;
}

/** What the tests read of the objects of all kinds. */
interface Found {
  readonly metadata: { readonly generation: number };
  readonly spec: {
    readonly replicas?: number;
    readonly weighted?: { readonly services: readonly { readonly name: string; readonly weight?: number }[] };
    readonly http?: readonly { readonly route: readonly { readonly weight?: number }[] }[];
  };
  readonly status?: { readonly phase?: string; readonly observedGeneration?: string; readonly readyReplicas?: number };
}

describe("the embedded cluster's routers and Flagger", function () {
  this.timeout(60_000);
  const root = mkdtempSync(join(tmpdir(), "canary-"));
  let directory: SandboxDirectory;
  let cluster: Cluster;
  let objects: KubernetesObjectApi;
  const failures: Error[] = [];

  before(async () => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .filter((one) => one?.internal === false);
    assert.deepEqual(outside, [], "Run this inside a sandbox: sandbox/host/namespace.ts -- mocha ...");
    directory = createSandboxDirectory(root);
    const tools = await toolchain(toolsFor(addOns));
    cluster = await startCluster({
      directory: directory.path,
      tools,
      addOns,
      onFailure: (error) => failures.push(error),
    });
    const config = new KubeConfig();
    config.loadFromFile(cluster.kubeconfig);
    objects = KubernetesObjectApi.makeApiClient(config);
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

  it("are ready within 20 seconds, the add-ons' parts too", () => {
    const names = cluster.parts.map(({ name }) => name);
    for (const part of ["traefik", "istiod", "istio-ingressgateway", "flagger", "flagger-loadtester"])
      assert.ok(names.includes(part), part);
    assert.deepEqual(
      cluster.parts.filter(({ readyAfterMs }) => readyAfterMs > 20_000),
      [],
    );
    console.log(`      ${cluster.parts.map(({ name, readyAfterMs }) => `${name} ${readyAfterMs} ms`).join(", ")}`);
  });

  it("split by a TraefikService's weights, to the request", async () => {
    await createVersions("weighted");
    await create(
      traefikService("weighted", [
        ["weighted-stable", 80],
        ["weighted-canary", 20],
      ]),
      ingressRoute("weighted"),
    );
    await eventually(
      () => versionAt(cluster.router, "weighted.test"),
      (version) => version === "v2",
    );
    await assertSplit("weighted.test", 0.2);
  });

  it("split by an HTTPRoute's weights, to the request", async () => {
    await createVersions("route");
    await create({
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata: { name: "route", namespace: "default" },
      spec: {
        parentRefs: [gateway],
        hostnames: ["route.test"],
        rules: [
          {
            backendRefs: [
              { name: "route-stable", port: 80, weight: 75 },
              { name: "route-canary", port: 80, weight: 25 },
            ],
          },
        ],
      },
    });
    await eventually(
      () => versionAt(cluster.router, "route.test"),
      (version) => version === "v2",
    );
    await assertSplit("route.test", 0.25);
  });

  it("split by a VirtualService's weights over subsets, at random", async () => {
    await createVersions("mesh");
    await create(
      service("mesh"),
      destinationRule("mesh", { v1: { version: "v1" }, v2: { version: "v2" } }),
      virtualService("mesh", [
        ["v1", 80],
        ["v2", 20],
      ]),
    );
    const url = cluster.istioRouter ?? assert.fail("The cluster has no Istio.");
    await eventually(
      () => versionAt(url, "mesh.test"),
      (version) => version === "v2",
    );
    const { v1 = 0, v2 = 0 } = await count(url, "mesh.test", 1000);
    console.log(`      ${v2} of 1,000 requests reached the canary`);
    assert.equal(v1 + v2, 1000);
    // A binomial count of 1,000 at 0.2 is outside of these once in a million.
    assert.ok(v2 >= 141 && v2 <= 264, `${v2}`);
  });

  it("follow Argo Rollouts, which moves a TraefikService", async () => {
    const rolloutOf = (version: string) =>
      rollout("rollout", version, {
        stableService: "rollout-stable",
        canaryService: "rollout-canary",
        trafficRouting: { traefik: { weightedTraefikServiceName: "rollout" } },
      });
    await create(service("rollout-stable", { app: "rollout" }), service("rollout-canary", { app: "rollout" }));
    await create(
      traefikService("rollout", [
        ["rollout-stable", 100],
        ["rollout-canary", 0],
      ]),
      ingressRoute("rollout"),
      rolloutOf("v1"),
    );
    await eventually(
      () => read(rolloutOf("v1")),
      ({ status }) => status?.phase === "Healthy",
    );
    await eventually(
      () => versionAt(cluster.router, "rollout.test"),
      (version) => version === "v1",
    );
    await apply(rolloutOf("v2"));
    await eventually(
      () => versionAt(cluster.router, "rollout.test"),
      (version) => version === "v2",
    );
    await sleep(300);
    await assertSplit("rollout.test", 0.2);
    const current = ({ status, metadata }: Found) => status?.observedGeneration === String(metadata.generation);
    await eventually(
      () => read(rolloutOf("v2")),
      (found) => current(found) && found.status?.phase === "Healthy",
      20_000,
    );
    await eventually(
      () => count(cluster.router, "rollout.test", 20),
      ({ v2 }) => v2 === 20,
    );
  });

  it("follow Argo Rollouts, which moves a VirtualService and a DestinationRule", async () => {
    const trafficRouting = {
      istio: {
        virtualService: { name: "subsets" },
        destinationRule: { name: "subsets", stableSubsetName: "stable", canarySubsetName: "canary" },
      },
    };
    const rolloutOf = (version: string) => rollout("subsets", version, { trafficRouting });
    const url = cluster.istioRouter ?? assert.fail("The cluster has no Istio.");
    const subsets = [
      ["stable", 100],
      ["canary", 0],
    ] as const;
    await create(
      service("subsets"),
      destinationRule("subsets", { stable: {}, canary: {} }),
      virtualService("subsets", subsets),
      rolloutOf("v1"),
    );
    await eventually(
      () => read(rolloutOf("v1")),
      ({ status }) => status?.phase === "Healthy",
    );
    await eventually(
      () => versionAt(url, "subsets.test"),
      (version) => version === "v1",
    );
    await apply(rolloutOf("v2"));
    await eventually(
      () => versionAt(url, "subsets.test"),
      (version) => version === "v2",
    );
    const { spec } = await read(virtualService("subsets", subsets));
    assert.deepEqual(
      spec.http?.[0]?.route.map(({ weight }) => weight),
      [80, 20],
    );
  });

  it("are driven by Flagger, which takes a Canary's Deployment over", async () => {
    await create(deployment("shop", "v1"), ingressRoute("shop"), canary("shop"));
    await eventually(
      () => read(canary("shop")),
      ({ status }) => status?.phase === "Initialized",
      40_000,
    );
    const primary = await read(deployment("shop-primary", "v1"));
    assert.deepEqual([primary.spec.replicas, primary.status?.readyReplicas], [2, 2]);
    assert.equal((await read(deployment("shop", "v1"))).spec.replicas, 0);
    const { spec } = await read(traefikService("shop", []));
    assert.deepEqual(
      spec.weighted?.services.map(({ name, weight }) => [name, weight]),
      [["shop-primary", 100]],
    );
    await eventually(
      () => versionAt(cluster.router, "shop.test"),
      (version) => version === "v1",
    );
  });

  it("come with Flagger's gates, which open when they are told to", async () => {
    const gate = (what: string) =>
      request(`${cluster.loadTester}/gate/${what}`, {
        method: "POST",
        body: JSON.stringify({ name: "shop", namespace: "default" }),
      });
    assert.equal((await gate("check")).status, 403);
    await gate("open");
    assert.equal((await gate("check")).status, 200);
  });

  async function create(...all: Declared[]): Promise<void> {
    for (const object of all) await objects.create(object);
  }

  async function apply(object: Declared): Promise<void> {
    await objects.patch(object, undefined, undefined, "test", true, "application/apply-patch+yaml");
  }

  /** A Deployment of v1 and one of v2, each with a Service; ready to answer. */
  async function createVersions(name: string): Promise<void> {
    for (const [role, version] of [
      ["stable", "v1"],
      ["canary", "v2"],
    ] as const) {
      const one = deployment(`${name}-${role}`, version, { app: name, version });
      await create(one, service(`${name}-${role}`, { app: name, version }));
      await eventually(
        () => read(one),
        ({ status }) => status?.readyReplicas === 2,
      );
    }
  }

  /**
   * Traefik deals the requests out by turns: of 400, one more or less reaches the canary, by where in its turn they
   * begin.
   */
  async function assertSplit(host: string, share: number): Promise<void> {
    const { v1 = 0, v2 = 0 } = await count(cluster.router, host, 400);
    assert.equal(v1 + v2, 400);
    assert.ok(Math.abs(v2 - 400 * share) <= 1, `${v2}`);
  }

  async function read({ apiVersion, kind, metadata }: Declared): Promise<Found> {
    return (await objects.read({ apiVersion, kind, metadata })) as unknown as Found;
  }
});

/** Which version answers one request; a router's own answer counts as its status. */
async function versionAt(url: string, host: string): Promise<string> {
  const { status, body } = await request(url, { headers: { host } });
  return status === 200 ? (JSON.parse(body) as { version: string }).version : `${status}`;
}

async function count(url: string, host: string, requests: number): Promise<Readonly<Record<string, number>>> {
  const answers: Record<string, number> = {};
  for (let sent = 0; sent < requests; sent++) {
    const version = await versionAt(url, host);
    answers[version] = (answers[version] ?? 0) + 1;
  }
  return answers;
}

function podTemplate(version: string, labels: Readonly<Record<string, string>>) {
  return {
    metadata: { labels: { ...labels, version } },
    spec: { containers: [{ name: "app", image: `shop:${version}`, ports: [{ containerPort: 8080 }] }] },
  };
}

function deployment(
  name: string,
  version: string,
  matchLabels: Readonly<Record<string, string>> = { app: name },
): Declared {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "default" },
    spec: { replicas: 2, selector: { matchLabels }, template: podTemplate(version, matchLabels) },
  };
}

function service(name: string, selector: Readonly<Record<string, string>> = { app: name }): Declared {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace: "default" },
    spec: { selector, ports: [{ name: "http", port: 80, targetPort: 8080 }] },
  };
}

function traefikService(name: string, weights: Weights): Declared {
  return {
    apiVersion: "traefik.io/v1alpha1",
    kind: "TraefikService",
    metadata: { name, namespace: "default" },
    spec: { weighted: { services: weights.map(([service, weight]) => ({ name: service, port: 80, weight })) } },
  };
}

function ingressRoute(name: string): Declared {
  return {
    apiVersion: "traefik.io/v1alpha1",
    kind: "IngressRoute",
    metadata: { name, namespace: "default" },
    spec: {
      entryPoints: ["web"],
      routes: [{ kind: "Rule", match: `Host(\`${name}.test\`)`, services: [{ kind: "TraefikService", name }] }],
    },
  };
}

type Weights = readonly (readonly [name: string, weight: number])[];

function destinationRule(name: string, subsets: Readonly<Record<string, Readonly<Record<string, string>>>>): Declared {
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "DestinationRule",
    metadata: { name, namespace: "default" },
    spec: {
      host: name,
      subsets: Object.entries(subsets).map(([subset, labels]) => ({ name: subset, labels: { app: name, ...labels } })),
    },
  };
}

function virtualService(name: string, subsets: Weights): Declared {
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "VirtualService",
    metadata: { name, namespace: "default" },
    spec: {
      hosts: [`${name}.test`],
      gateways: [`${istioGateway.namespace}/${istioGateway.name}`],
      http: [{ route: subsets.map(([subset, weight]) => ({ destination: { host: name, subset }, weight })) }],
    },
  };
}

function rollout(name: string, version: string, strategy: object): Declared {
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Rollout",
    metadata: { name, namespace: "default" },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: name } },
      template: podTemplate(version, { app: name }),
      strategy: { canary: { ...strategy, steps: [{ setWeight: 20 }, { pause: { duration: "4s" } }] } },
    },
  };
}

function canary(name: string): Declared {
  return {
    apiVersion: "flagger.app/v1beta1",
    kind: "Canary",
    metadata: { name, namespace: "default" },
    spec: {
      provider: "traefik",
      targetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
      service: { port: 80, targetPort: 8080 },
      analysis: { interval: "10s", threshold: 1, maxWeight: 50, stepWeight: 50 },
    },
  };
}
