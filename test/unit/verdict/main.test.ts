import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kubeConfig, type ClusterAddress } from "../../../verdict/cluster";
import { abortedFor, awaited, canary, metric, pausedAt, replicaSet, rollout, run, service, stable } from "./builders";

const kubeconfig = (server: string) =>
  JSON.stringify({
    clusters: ["one", "two"].map((name) => ({
      name,
      cluster: { server: `${server}/${name}`, "insecure-skip-tls-verify": true },
    })),
    contexts: ["one", "two"].map((name) => ({ name, context: { cluster: name, user: "someone" } })),
    users: [{ name: "someone", user: { token: "secret" } }],
    "current-context": "one",
  });

describe("the command that waits for the verdict", function () {
  this.timeout(30_000);
  let server: Server;
  let folder: string;
  const answers = new Map<string, unknown>();

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "verdict-"));
    server = createServer((request, response) => {
      const answer = answers.get(decodeURIComponent(request.url ?? ""));
      response.writeHead(answer === undefined ? 404 : 200, {
        "content-type": answer === undefined ? "text/plain" : "application/json",
      });
      response.end(answer === undefined ? "404 page not found" : JSON.stringify(answer));
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  });
  after(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  const argo = "/one/apis/argoproj.io/v1alpha1/namespaces/demo";
  const start = () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const child = spawn(process.execPath, ["-r", "ts-node/register/transpile-only", "verdict/main.ts"], {
      env: {
        ...process.env,
        AWAITED: JSON.stringify(awaited),
        AWAITED_KUBECONFIG: kubeconfig(url),
        AWAITED_CONTEXT: "one",
      },
    });
    const streams = { out: "", err: "" };
    child.stdout.on("data", (data: Buffer) => (streams.out += data.toString()));
    child.stderr.on("data", (data: Buffer) => (streams.err += data.toString()));
    return { child, streams, ended: new Promise<number | null>((resolve) => child.on("close", resolve)) };
  };

  /** The stable version has all requests and pods. */
  const answerWithWayBack = () => {
    answers.set("/one/api/v1/namespaces/demo/services/shop-stable", service(stable));
    answers.set("/one/api/v1/namespaces/demo/services/shop-canary", service(stable));
    answers.set("/one/apis/apps/v1/namespaces/demo/replicasets", {
      items: [replicaSet(stable, 3), replicaSet(canary, 0)],
    });
  };

  it("reads Rollout, AnalysisRuns and what the way back needs, and exits with 1 after an abort", async () => {
    const failed = run("Failed", [metric("error-rate", "Failed", ["[0.213]"], { failed: 1 })]);
    answers.clear();
    answers.set(`${argo}/rollouts/shop`, rollout(abortedFor("Background analysis phase error/failed")));
    answers.set(`${argo}/analysisruns?labelSelector=rollouts-pod-template-hash=${canary}`, { items: [failed] });
    answerWithWayBack();
    const { streams, ended } = start();
    assert.equal(await ended, 1);
    assert.match(streams.err, /^aborted: error-rate was 21.3 %, must be below 5 %/);
    assert.match(streams.out, /way back complete/);
  });

  it("prints what a controller says in one line", async () => {
    answers.clear();
    answers.set(`${argo}/rollouts/shop`, rollout(abortedFor("broken\n::error::\u001b[31m")));
    answers.set(`${argo}/analysisruns?labelSelector=rollouts-pod-template-hash=${canary}`, { items: [] });
    answerWithWayBack();
    const { streams, ended } = start();
    assert.equal(await ended, 1);
    assert.match(streams.err, /^aborted: .*broken\\n::error::\\u\{1b\}\[31m/);
    // eslint-disable-next-line no-control-regex
    assert.doesNotMatch(streams.out + streams.err, /^::error|\u001b/m);
  });

  it("exits with 1 and names a cluster without Argo Rollouts", async () => {
    answers.clear();
    const { streams, ended } = start();
    assert.equal(await ended, 1);
    assert.match(streams.err, /has no Argo Rollouts/);
  });

  it("stops at a signal and says that the release goes on", async () => {
    answers.clear();
    answers.set(`${argo}/rollouts/shop`, rollout(pausedAt(1, 5)));
    answers.set(`${argo}/analysisruns?labelSelector=rollouts-pod-template-hash=${canary}`, { items: [] });
    const { child, streams, ended } = start();
    child.stdout.once("data", () => child.kill("SIGTERM"));
    assert.equal(await ended, 143);
    assert.equal(streams.out, "step 1 of 2, weight 5 %: held for 6s\n");
    assert.match(streams.err, /^stopped by SIGTERM\. The release goes on in the cluster without this command/);
  });

  describe("finds its cluster", () => {
    const contents = kubeconfig("https://example.com");
    const serverOf = (where: ClusterAddress) => kubeConfig(where).getCurrentCluster()?.server;

    it("in a kubeconfig's contents", () => assert.equal(serverOf({ kubeconfig: contents }), "https://example.com/one"));
    it("in a kubeconfig's file, and in another context of it", () => {
      const file = join(folder, "kubeconfig");
      writeFileSync(file, contents);
      assert.equal(serverOf({ kubeconfig: file, context: "two" }), "https://example.com/two");
    });
    it("or says what is wrong", () =>
      assert.throws(
        () => serverOf({ kubeconfig: contents, context: "three" }),
        /^CannotAsk: the kubeconfig has no context "three"; accepted: one, two$/,
      ));
    for (const [what, kubeconfig] of [
      ["text", "s3cret"],
      ["a list", "- s3cret"],
      ["broken YAML", "users:\n- name: a\n  user: {token: s3cret"],
      ["two documents", `${contents}\n---\ntoken: s3cret`],
      ["a path", "/nowhere/s3cret"],
      ["no contexts", "apiVersion: v1\nkind: Config\nusers: [{name: a, user: {token: s3cret}}]"],
    ] as const) {
      it(`and never shows what is in ${what}`, () =>
        assert.throws(
          () => serverOf({ kubeconfig }),
          (error: Error) => error.name === "CannotAsk" && !error.stack?.includes("s3cret"),
        ));
    }
  });
});
