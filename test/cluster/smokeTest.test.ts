// Smoke tests of canaries and of first deploys. Webhooks and what they ask the pods are real; how a Job's pods end is
// simulated by kwok, as readiness is.
import assert from "node:assert/strict";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { AppsV1Api, BatchV1Api, DiscoveryV1Api } from "@kubernetes/client-node";
import type { SmokeTestQuestion } from "../../manifests/smokeTest";
import type { ReleaseArgs } from "../../release/settings";
import { eventually, startSandbox, underLoad, type SandboxApplication, type Sandbox } from "../support/sandbox";

const steps = [
  { weight: 20, hold: "12s" },
  { weight: 100, hold: "0s" },
];

describe("a smoke test", function () {
  this.timeout(180_000);
  let sandbox: Sandbox;
  let tester: Tester;
  before(async () => {
    sandbox = await startSandbox(["flagger"]);
    tester = await startTester(sandbox);
  });
  after(async () => {
    tester.server.close();
    await sandbox.stop();
  });

  const image = (version: string) => `registry.example.com/shop-tests:${version}`;
  const images = async (application: SandboxApplication) => {
    const { spec } = await application.rollout();
    return (spec.template as { spec: { containers: { image: string }[] } }).spec.containers.map(
      (container) => container.image,
    );
  };

  it("by a webhook decides a first deploy, and then each version before its first request", async () => {
    const application = await sandbox.application("tested");
    const change: Partial<ReleaseArgs> = { steps, smokeTest: { webhook: tester.url, timeout: "12s" } };
    application.configure("v1-errors-100", change);
    const bad = await application.up();
    assert.match(
      bad.said.join("\n"),
      /the test of http:\/\/tested\.tested did not pass in 12s: it answers 500: v1-errors-100 answered 500; accepted: an answer of 2xx/,
    );
    assert.ok(bad.error);

    // What was deployed is the stable version now, and the one that mends it a canary beside it.
    application.configure("v1", change);
    const mended = await underLoad(application, () => application.up());
    assert.equal(mended.result.error, undefined, mended.result.said.join("\n"));
    assert.deepEqual(tester.tested.slice(-2), [
      "tested-canary in tested: v1 answered 200",
      "tested in tested: v1 answered 200",
    ]);

    application.configure("v3-errors-100", change);
    const refused = await underLoad(application, async () => ({ up: await application.up() }));
    assert.match(
      refused.result.up.error?.message ?? "",
      /aborted: smoke-test failed: received non 2xx response code: 500/,
    );
    assert.equal((await refused.seen()).exposure("v3-errors-100"), undefined);
    assert.deepEqual(await application.ask(20), { v1: 20 });
  });

  it("by a Job decides a first deploy, and then each version before its first request", async () => {
    const application = await sandbox.application("jobbed");
    const change = (version: string): Partial<ReleaseArgs> => ({
      steps,
      smokeTest: { image: image(version), timeout: "12s" },
    });
    application.configure("v1", change("1-fails"));
    const bad = await application.up();
    assert.match(`${bad.error?.message}`, /Job .*jobbed-first-deploy-test.*(failed|is not complete|was not created)/s);

    application.configure("v1", change("1"));
    const { error } = await application.up();
    assert.equal(error, undefined);
    const job = await sandbox.kubeConfig
      .makeApiClient(BatchV1Api)
      .readNamespacedJob({ name: "jobbed-first-deploy-test", namespace: "jobbed" });
    assert.equal(job.status?.succeeded, 1);

    application.configure("v2", change("1"));
    const promoted = await underLoad(application, () => application.up());
    assert.equal(promoted.result.error, undefined, promoted.result.said.join("\n"));

    application.configure("v3", change("2-fails"));
    const refused = await underLoad(application, () => application.up());
    assert.ok(refused.result.error, refused.result.said.join("\n"));
    assert.deepEqual(await application.ask(20), { v2: 20 });
    assert.deepEqual(await images(application), ["registry.example.com/shop:v3"]);
  });

  it("by a webhook keeps a canary of Flagger's without requests, and takes it back when it does not pass", async () => {
    const application = await sandbox.application("flagged");
    const judgement = {
      interval: "10s",
      window: "5s",
      initialDelay: "10s",
      failuresTolerated: 0,
      noData: "fail",
      leastRequestRate: "1/s",
    } as const;
    const change: Partial<ReleaseArgs> = {
      controller: "flagger",
      judgement,
      steps: [{ weight: 20, hold: "10s" }],
      smokeTest: { webhook: tester.url, timeout: "8s" },
    };
    application.configure("v1", change);
    assert.equal((await application.up()).error, undefined);
    assert.equal(tester.tested.at(-1), "flagged in flagged: v1 answered 200");

    application.configure("v2-errors-100", change);
    const refused = await underLoad(application, async () => ({ up: await application.up() }));
    assert.match(
      refused.result.up.error?.message ?? "",
      /aborted: smoke-test failed: POST .* giving up after 1 attempt/,
      refused.result.up.said.join("\n"),
    );
    assert.equal((await refused.seen()).exposure("v2-errors-100"), undefined);
    assert.equal(tester.tested.at(-1), "flagged-canary in flagged: v2-errors-100 answered 500");
  });

  it("by a webhook keeps a canary of Pulumi's without requests until it passes", async () => {
    const application = await sandbox.application("moved");
    const change = (step: number, stableImage = ""): Partial<ReleaseArgs> => ({
      controller: "pulumi",
      wait: false,
      step,
      stableImage,
      steps,
      smokeTest: { webhook: tester.url, timeout: "6s" },
    });
    application.configure("v1", change(0));
    assert.equal((await application.up()).error, undefined);

    application.configure("v2-errors-100", change(1, "registry.example.com/shop:v1"));
    const { error, said } = await application.up();
    assert.ok(error);
    assert.match(
      [...said, error.message].join("\n"),
      /the test of http:\/\/moved-canary\.moved did not pass in 6s: it answers 500: v2-errors-100 answered 500/,
    );
    assert.deepEqual(await application.ask(20), { v1: 20 });

    application.configure("v2", change(1, "registry.example.com/shop:v1"));
    assert.equal((await application.up()).error, undefined);
    assert.equal(tester.tested.at(-1), "moved-canary in moved: v2 answered 200");
    await eventually(async () => assert.deepEqual(await application.ask(20), { v1: 16, v2: 4 }));
  });

  it("by a Job keeps a canary of Pulumi's without requests until it passes", async () => {
    const application = await sandbox.application("moved-job");
    const change = (step: number, tests: string, stableImage = ""): Partial<ReleaseArgs> => ({
      controller: "pulumi",
      wait: false,
      step,
      stableImage,
      steps,
      smokeTest: { image: image(tests), timeout: "20s" },
    });
    application.configure("v1", change(0, "1"));
    assert.equal((await application.up()).error, undefined);
    application.configure("v2", change(1, "1-fails", "registry.example.com/shop:v1"));
    assert.ok((await application.up()).error);
    assert.deepEqual(await application.ask(20), { v1: 20 });
    const apps = sandbox.kubeConfig.makeApiClient(AppsV1Api);
    assert.ok(await apps.readNamespacedDeployment({ name: "moved-job-canary", namespace: "moved-job" }));

    application.configure("v2", change(1, "2", "registry.example.com/shop:v1"));
    assert.equal((await application.up()).error, undefined);
    await eventually(async () => assert.deepEqual(await application.ask(20), { v1: 16, v2: 4 }));
  });
});

interface Tester {
  readonly server: Server;
  readonly url: string;
  /** Each test that was made: the Service and its namespace, and what one of its pods answered. */
  readonly tested: string[];
}

/**
 * Answers a webhook's question: asks a pod of the Service that the question's URL names, as its name would be resolved
 * in a cluster, and passes where that answers 200.
 */
async function startTester(sandbox: Sandbox): Promise<Tester> {
  const tested: string[] = [];
  const server = createServer((asked, answer) => {
    const chunks: Buffer[] = [];
    asked
      .on("data", (chunk: Buffer) => chunks.push(chunk))
      .on("end", () => {
        const { metadata } = JSON.parse(Buffer.concat(chunks).toString()) as SmokeTestQuestion;
        const [service = "", namespace = ""] = new URL(metadata.url).hostname.split(".");
        test(sandbox, service, namespace).then(
          ({ version, status }) => {
            tested.push(`${service} in ${namespace}: ${version} answered ${status}`);
            answer.writeHead(status === 200 ? 200 : 500).end(`${version} answered ${status}`);
          },
          (error: Error) => answer.writeHead(503).end(error.message),
        );
      });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, tested, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

async function test(
  sandbox: Sandbox,
  service: string,
  namespace: string,
): Promise<{ readonly version: string; readonly status: number }> {
  const discovery = sandbox.kubeConfig.makeApiClient(DiscoveryV1Api);
  const { items } = await discovery.listNamespacedEndpointSlice({
    namespace,
    labelSelector: `kubernetes.io/service-name=${service}`,
  });
  const address = items.flatMap(({ endpoints, ports }) =>
    (endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready)
      .map(({ addresses }) => `http://${addresses[0]}:${ports?.[0]?.port}/`),
  )[0];
  if (address === undefined) throw new Error(`${service} in ${namespace} has no ready pod`);
  return new Promise((resolve, reject) => {
    request(address, (response) => {
      response.resume();
      resolve({ version: String(response.headers["x-version"]), status: response.statusCode ?? 0 });
    })
      .once("error", reject)
      .end();
  });
}
