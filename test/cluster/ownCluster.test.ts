// The demonstration on a cluster that somebody else started, with the real tools. Run inside sandbox/host/namespace.ts.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { CoreV1Api, NetworkingV1Api } from "@kubernetes/client-node";
import { typeScriptCommand } from "../../sandbox/host/typescript";
import { startSandbox, type Sandbox } from "../support/sandbox";

const namespace = "canary-demonstration";

describe("the demonstration on a cluster of one's own", function () {
  this.timeout(300_000);
  let sandbox: Sandbox;
  let core: CoreV1Api;
  before(async () => {
    sandbox = await startSandbox();
    core = sandbox.kubeConfig.makeApiClient(CoreV1Api);
  });
  after(() => sandbox?.stop());
  afterEach(async () => {
    const { items } = await core.listNamespace();
    assert.ok(!items.some(({ metadata }) => metadata?.name === namespace), "Something is left on the cluster.");
  });

  /** npm start -- --kubeconfig; `interruptAt` is the text at which it gets a SIGINT. */
  async function start(
    options: { readonly prometheus?: string; readonly router?: string; readonly interruptAt?: string } = {},
  ) {
    const { prometheus = sandbox.cluster.prometheus, router = sandbox.cluster.router, interruptAt } = options;
    const given = [
      "--kubeconfig",
      sandbox.cluster.kubeconfig,
      "--prometheus",
      prometheus,
      "--router",
      router,
      "--scrape-interval",
      "1s",
    ];
    const { command, args, directory } = typeScriptCommand("main.ts", given);
    const child = spawn(command, args, { cwd: directory, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    let interrupted = false;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        if (interruptAt === undefined || interrupted || !said.includes(interruptAt)) return;
        interrupted = true;
        child.kill("SIGINT");
      });
    }
    const [code] = (await once(child, "close")) as [number | null];
    return { code, said };
  }

  it("names everything that the cluster lacks at once, each with a mend", async () => {
    const networking = sandbox.kubeConfig.makeApiClient(NetworkingV1Api);
    const ingressClass = await networking.readIngressClass({ name: "nginx" });
    await networking.deleteIngressClass({ name: "nginx" });
    const { code, said } = await start({ prometheus: "http://127.0.0.1:9", router: "http://127.0.0.1:9" });
    await networking.createIngressClass({ body: { ...ingressClass, metadata: { name: "nginx" } } });
    assert.equal(code, 1, said);
    const lacking = said.slice(said.indexOf("This cluster cannot run the demonstration:\n"));
    assert.match(
      lacking,
      /- router: http:\/\/127\.0\.0\.1:9 does not answer: connect ECONNREFUSED .*\n.* port-forward --namespace ingress-nginx .* --router http:\/\/127\.0\.0\.1:8080/,
    );
    assert.match(lacking, /- IngressClass: there is no IngressClass nginx\n +Install ingress-nginx/);
    assert.match(
      lacking,
      /- Prometheus: Argo Rollouts cannot ask http:\/\/127\.0\.0\.1:9: .*connection refused\n +Name with --prometheus/,
    );
    assert.equal(lacking.trim().split("\n").length, 7);
  });

  it("touches no namespace of that name that somebody else made", async () => {
    await core.createNamespace({ body: { metadata: { name: namespace } } });
    const { code, said } = await start();
    const { metadata, status } = await core.readNamespace({ name: namespace });
    await core.deleteNamespace({ name: namespace });
    assert.equal(code, 1, said);
    assert.match(said, /- namespace: a namespace canary-demonstration is there already, and no demonstration made it/);
    assert.equal(status?.phase, "Active");
    assert.deepEqual(metadata?.annotations ?? {}, {});
    while ((await core.listNamespace()).items.some((one) => one.metadata?.name === namespace))
      await new Promise((resolve) => setTimeout(resolve, 100));
  });

  it("says when Prometheus does not scrape the application's pods", async () => {
    const prometheus = await emptyPrometheus();
    const { port } = prometheus.address() as AddressInfo;
    const { code, said } = await start({ prometheus: `http://127.0.0.1:${port}` });
    prometheus.close();
    assert.equal(code, 1, said);
    assert.match(
      said,
      /Prometheus does not scrape the application's pods: after 23s it has nothing for count\(up\{namespace="canary-demonstration"/,
    );
  });

  it("is removed when it is interrupted while a canary is in flight", async () => {
    const { code, said } = await start({ interruptAt: "step 1 of 4, weight 5 %" });
    assert.equal(code, 130, said);
    assert.match(
      said,
      /SIGINT: stopping, and removing what was made\..*\nRemoving the namespace canary-demonstration \.\.\.\nNothing is left on the cluster\.\n$/,
    );
  });

  it("deploys, promotes a good version, rolls a bad one back, and leaves nothing", async () => {
    const { code, said } = await start();
    assert.equal(code, 0, said);
    for (const verdict of ["deployed", "promoted", "rolled back"]) assert.match(said, new RegExp(`│ ${verdict} +│`));
    assert.match(said, /Nothing is left on the cluster\.\n$/);
  });
});

/** A Prometheus that answers, and has no series. */
async function emptyPrometheus(): Promise<Server> {
  const server = createServer((incoming, response) => {
    let query = "";
    incoming.setEncoding("utf8").on("data", (text: string) => (query += text));
    incoming.once("end", () => {
      const asked = new URLSearchParams(query).get("query") ?? "";
      const result = asked === "vector(1)" ? [{ metric: {}, value: [Date.now() / 1000, "1"] }] : [];
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ status: "success", data: { resultType: "vector", result } }));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}
