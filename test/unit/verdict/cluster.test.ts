import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";
import { canaryKind } from "../../../manifests/controllers/flagger";
import { NotThere, Unreachable } from "../../../verdict/apiErrors";
import { connect, type ClusterReader } from "../../../verdict/cluster";
import { awaited } from "./builders";

const patienceSeconds = 0.3;
const canaries = "/apis/flagger.app/v1beta1/namespaces/demo/canaries";

describe("reading the cluster", () => {
  /** By their path; null is never answered. */
  const answers = new Map<string, object | null>();
  const asked: URL[] = [];
  let server: Server;
  let reader: ClusterReader;

  before(async () => {
    server = createServer((request, response) => {
      const url = new URL(request.url ?? "", "http://localhost");
      asked.push(url);
      const answer = answers.get(url.pathname);
      if (answer === null) return;
      response.writeHead(answer ? 200 : 404, { "content-type": "application/json" });
      response.end(JSON.stringify(answer ?? { kind: "Status", message: "not found", details: { name: "shop" } }));
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const config = new KubeConfig();
    config.loadFromClusterAndUser(
      { name: "test", server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, skipTLSVerify: true },
      { name: "someone", token: "secret" },
    );
    reader = connect(config, { ...awaited, controller: "flagger" }, patienceSeconds);
  });
  beforeEach(() => {
    answers.clear();
    asked.length = 0;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it("finds a controller's object, and lists others by their labels", async () => {
    answers.set(`${canaries}/shop`, { metadata: { name: "shop" } });
    answers.set(canaries, { items: [{ metadata: { name: "other" } }] });
    assert.deepEqual(await reader.resource(canaryKind, "shop"), { metadata: { name: "shop" } });
    assert.deepEqual(await reader.resources(canaryKind, "a=b"), [{ metadata: { name: "other" } }]);
    assert.equal(asked.at(-1)?.searchParams.get("labelSelector"), "a=b");
  });

  it("says that a controller's object is not there, and has none of what may be missing", async () => {
    await assert.rejects(
      reader.resource(canaryKind, "shop"),
      (error) => error instanceof NotThere && error.message.startsWith("Canary shop in namespace demo is not there"),
    );
    assert.equal(await reader.deployment("shop"), undefined);
    assert.equal(await reader.service("shop"), undefined);
  });

  it("waits for no answer longer than its patience", async () => {
    answers.set(`${canaries}/shop`, null);
    await assert.rejects(
      reader.resource(canaryKind, "shop"),
      (error) => error instanceof Unreachable && error.message.endsWith("does not answer within 0.3s"),
    );
  });

  const events = "/api/v1/namespaces/demo/events";
  it("reads what was said of an object", async () => {
    answers.set(events, { items: [{ message: "Advance shop.demo canary weight 5" }] });
    const [said] = await reader.events(canaryKind, "shop");
    assert.equal(said?.message, "Advance shop.demo canary weight 5");
    assert.equal(
      asked.at(-1)?.searchParams.get("fieldSelector"),
      "involvedObject.kind=Canary,involvedObject.name=shop",
    );
  });

  it("goes on without what was said where that may not be read, and where it is not answered", async () => {
    assert.deepEqual(await reader.events(canaryKind, "shop"), []);
    answers.set(events, null);
    assert.deepEqual(await reader.events(canaryKind, "shop"), []);
  }).timeout(2000);
});
