// Secret values of the environment under the real controllers. Readiness and termination of pods are simulated by kwok.
import assert from "node:assert/strict";
import { AppsV1Api, CoreV1Api, type V1PodTemplateSpec } from "@kubernetes/client-node";
import type { ReleaseArgs } from "../../release/settings";
import { eventually, startSandbox, type Sandbox, type SandboxApplication } from "../support/sandbox";

/** `npm test` tries one controller, `npm run test:matrix` both. */
const inMatrix = process.env["CANARY_PAIRS"] === "all" ? it : it.skip;

const judgement = {
  interval: "10s",
  window: "5s",
  initialDelay: "10s",
  failuresTolerated: 0,
  noData: { pass: "this test is about the environment alone" },
} as const;

describe("another secret value of the environment", function () {
  this.timeout(180_000);
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await startSandbox(["flagger"]);
  });
  after(() => sandbox.stop());

  /** The value of TOKEN that pods of a template are started with. */
  async function tokenOf(namespace: string, template: V1PodTemplateSpec | undefined): Promise<string> {
    const variable = template?.spec?.containers[0]?.env?.find(({ name }) => name === "TOKEN");
    const { name = "", key = "" } = variable?.valueFrom?.secretKeyRef ?? {};
    const { data } = await sandbox.kubeConfig.makeApiClient(CoreV1Api).readNamespacedSecret({ namespace, name });
    return Buffer.from(data?.[key] ?? "", "base64").toString();
  }

  async function releaseToken(application: SandboxApplication, token: string, change: Partial<ReleaseArgs>) {
    application.configure("v1", { judgement, steps: [{ weight: 50, hold: "20s" }], ...change });
    await application.deployed.stack.setConfig("canary:environment.TOKEN", { value: token, secret: true }, true);
    return application.up();
  }

  it("is a canary under Argo Rollouts, whose stable pods keep theirs until it is promoted", async () => {
    const application = await sandbox.application("secret-by-argo", sandbox.cluster.router);
    const { name: namespace } = application;
    const tokensOf = async () => {
      const { items } = await sandbox.kubeConfig.makeApiClient(AppsV1Api).listNamespacedReplicaSet({ namespace });
      return Promise.all(items.map(({ spec }) => tokenOf(namespace, spec?.template)));
    };
    const router: Partial<ReleaseArgs> = { router: "traefik" };
    assert.equal((await releaseToken(application, "first", router)).error, undefined);
    assert.deepEqual(await tokensOf(), ["first"]);
    const { error, said } = await releaseToken(application, "second", router);
    assert.equal(error, undefined, said.join("\n"));
    assert.ok(
      said.some((line) => line.includes("weight 50 %")),
      said.join("\n"),
    );
    assert.ok(
      said.some((line) => line.startsWith("promoted: ")),
      said.join("\n"),
    );
    assert.deepEqual((await tokensOf()).sort(), ["first", "second"]);
  });

  inMatrix("is a canary under Flagger, which gives the stable pods a copy", async () => {
    const application = await sandbox.application("secret-by-flagger", sandbox.cluster.router);
    const { name: namespace } = application;
    const tokenOfPrimary = async () => {
      const name = `${namespace}-primary`;
      const { spec } = await sandbox.kubeConfig.makeApiClient(AppsV1Api).readNamespacedDeployment({ namespace, name });
      return tokenOf(namespace, spec?.template);
    };
    const pair: Partial<ReleaseArgs> = {
      router: "traefik",
      controller: "flagger",
      steps: [{ weight: 50, hold: "10s" }],
      loadTester: { url: sandbox.cluster.loadTester },
    };
    assert.equal((await releaseToken(application, "first", pair)).error, undefined);
    await eventually(async () => assert.equal(await tokenOfPrimary(), "first"));
    const { error, said } = await releaseToken(application, "second", pair);
    assert.equal(error, undefined, said.join("\n"));
    assert.ok(
      said.some((line) => line.startsWith("promoted: ")),
      said.join("\n"),
    );
    await eventually(async () => assert.equal(await tokenOfPrimary(), "second"));
  });
});
