import assert from "node:assert/strict";
import { Agent, request, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { V1Pod } from "@kubernetes/client-node";
import { containerMetrics, quantity } from "../../../../sandbox/dataPlane/containerMetrics";
import { podServer } from "../../../../sandbox/dataPlane/dataPlane";
import { Pods } from "../../../../sandbox/dataPlane/pods";

function pod(name: string, address: string, image: string, ready = true): V1Pod {
  return {
    metadata: { name, namespace: "shop", uid: `uid-${name}` },
    spec: { containers: [{ name: "app", image, resources: { limits: { cpu: "250m", memory: "128Mi" } } }] },
    status: { phase: "Running", podIP: address, conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
  };
}

describe("the data plane", () => {
  let pods: Pods;
  let server: Server;
  let agent: Agent;
  beforeEach(async () => {
    pods = new Pods();
    agent = new Agent({ keepAlive: true });
    server = podServer(pods).listen(0, "0.0.0.0");
    await new Promise((resolve) => server.once("listening", resolve));
  });
  afterEach(() => {
    agent.destroy();
    server.close();
    server.closeAllConnections();
  });

  // 127.0.0.0/8 is local without a namespace, as the pods' range is inside one.
  const get = (address: string, path = "/") =>
    new Promise<{ status: number; version: unknown; body: string }>((resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      request({ host: address, port, path, agent }, (response: IncomingMessage) => {
        let body = "";
        response.on("data", (chunk: Buffer) => (body += chunk.toString()));
        response.once("end", () =>
          resolve({ status: response.statusCode ?? 0, version: response.headers["x-version"], body }),
        );
        response.once("error", reject);
      })
        .once("error", reject)
        .end();
    });

  it("answers for the pod whose address was asked", async () => {
    pods.set(pod("a", "127.0.1.1", "shop:v1"));
    pods.set(pod("b", "127.0.1.2", "shop:v2-errors-100"));
    assert.deepEqual(await get("127.0.1.1"), { status: 200, version: "v1", body: '{"version":"v1","pod":"a"}' });
    assert.equal((await get("127.0.1.2")).status, 500);
  });

  it("resets a connection to an address without a running pod", async () => {
    pods.set({ ...pod("a", "127.0.1.1", "shop:v1"), status: { phase: "Pending", podIP: "127.0.1.1" } });
    await assert.rejects(get("127.0.1.1"), { code: "ECONNRESET" });
    await assert.rejects(get("127.0.1.9"), { code: "ECONNRESET" });
  });

  it("gives an unready pod's metrics and health, and nothing else", async () => {
    pods.set(pod("a", "127.0.1.1", "shop:v5-unready", false));
    assert.equal((await get("127.0.1.1", "/metrics")).status, 200);
    assert.equal((await get("127.0.1.1", "/healthz")).status, 503);
    assert.equal((await get("127.0.1.1")).status, 503);
    assert.match((await get("127.0.1.1", "/metrics")).body, /visitors_total 0/);
  });

  it("keeps a pod's counters while its status changes, and starts a new pod at zero", async () => {
    pods.set(pod("a", "127.0.1.1", "shop:v1"));
    await get("127.0.1.1");
    pods.set(pod("a", "127.0.1.1", "shop:v1"));
    assert.match((await get("127.0.1.1", "/metrics")).body, /visitors_total 1/);
    pods.set(pod("b", "127.0.1.1", "shop:v1"));
    await sleep(10);
    assert.match((await get("127.0.1.1", "/metrics")).body, /visitors_total 0/);
  });

  it("closes the connections of a pod that goes away, once what it was answering is answered", async () => {
    pods.set(pod("a", "127.0.1.1", "shop:v3-slow-100"));
    await get("127.0.1.1");
    const underWay = get("127.0.1.1");
    await sleep(30);
    pods.remove("uid-a");
    assert.equal((await underWay).status, 200);
    await assert.rejects(get("127.0.1.1"), { code: "ECONNRESET" });
  });

  it("says what is accepted where an image's version is malformed", async () => {
    pods.set(pod("a", "127.0.1.1", "shop:latest"));
    const { status, body } = await get("127.0.1.1");
    assert.equal(status, 500);
    assert.match(body, /Accepted is a number such as v1/);
  });

  it("simulates the metrics of containers and says so", async () => {
    pods.set(pod("a", "127.0.1.1", "shop:v1"));
    const started = pods.at("127.0.1.1")?.startedAt ?? 0;
    await get("127.0.1.1");
    const text = containerMetrics(pods.all(), started + 1000);
    const labels = 'namespace="shop",pod="a",container="app"';
    assert.match(text, /# HELP container_cpu_usage_seconds_total .*simulated/);
    assert.ok(text.includes(`container_cpu_usage_seconds_total{${labels}} 0.012\n`), text);
    assert.ok(text.includes(`kube_pod_container_resource_limits{${labels},resource="cpu",unit="core"} 0.25\n`), text);
    assert.ok(
      text.includes(`kube_pod_container_resource_limits{${labels},resource="memory",unit="byte"} 134217728\n`),
      text,
    );
    assert.ok(text.includes(`kube_pod_container_status_restarts_total{${labels}} 0\n`), text);
    assert.equal(quantity("1.5Gi"), 1.5 * 2 ** 30);
  });
});
