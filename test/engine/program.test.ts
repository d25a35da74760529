// This repository's program under the real engine: what a preview shows, what is refused, what the state holds.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { KubernetesObject, V1Secret } from "@kubernetes/client-node";
import { load } from "js-yaml";
import type { ReleaseArgs } from "../../release/settings";
import type { DeployedStack } from "../../sandbox/engine";
import { startProgramEngine, type ProgramEngine } from "../support/programEngine";
import { leastRelease } from "../support/releases";

describe("the program under the real engine", function () {
  this.timeout(120_000);
  let engine: ProgramEngine;
  before(async () => {
    engine = await startProgramEngine();
  });
  after(() => engine.stop());

  async function stackOf(name: string, config: Partial<ReleaseArgs>): Promise<DeployedStack> {
    const deployed = await engine.stack(name);
    deployed.configure(config);
    return deployed;
  }
  async function refusalOf(name: string, config: Partial<ReleaseArgs>): Promise<string> {
    const { stack } = await stackOf(name, config);
    return stack.preview().then(
      () => "",
      (error: Error) => error.message,
    );
  }

  /** The token of each Secret of an application, as the cluster has it. */
  async function tokensOf(application: string): Promise<readonly string[]> {
    const selector = `app.kubernetes.io/name=${application}`;
    const { items } = await engine.api.objects.list<V1Secret>(
      "v1",
      "Secret",
      "default",
      undefined,
      undefined,
      undefined,
      undefined,
      selector,
    );
    return items.map(({ data }) => Buffer.from(data?.["TOKEN"] ?? "", "base64").toString()).sort();
  }

  for (const name of ["dev", "prod"]) {
    it(`shows the plan of Pulumi.${name}.yaml as a table in a preview`, async () => {
      const file = load(readFileSync(`Pulumi.${name}.yaml`, "utf8")) as { config: Record<string, unknown> };
      const config = Object.fromEntries(
        Object.entries(file.config).map(([key, value]) => [key.replace("canary:", ""), value]),
      );
      const { stack } = await stackOf(name, config as unknown as ReleaseArgs);
      const { stdout, changeSummary } = await stack.preview();
      assert.equal(changeSummary["create"], 8);
      assert.match(stdout, /release plan\n\s+step +weight +hold +elapsed +decided by\n\s+1 +5 %/);
      assert.match(
        stdout,
        /router nginx: the project ingress-nginx was retired in March 2026; Traefik 3.7 and later reads the same annotations/,
      );
      assert.match(stdout, name === "dev" ? /total: 40m/ : /total: 2h and 1 promotion by a person/);
    });
  }

  it("fills in the defaults that Pulumi.yaml declares", async () => {
    const { stack } = await stackOf("least", { ...leastRelease, application: "least" });
    assert.equal((await stack.preview()).changeSummary["create"], 8);
  });

  it("names every refused key of the stack's file, and sends nothing", async () => {
    const message = await refusalOf("wrong", {
      ...leastRelease,
      replicas: 0,
      steps: [{ weight: 5, hold: "soon" }],
      wieght: 5,
    } as unknown as ReleaseArgs);
    assert.match(
      message,
      /canary:replicas = 0: the number of pods of the stable version is a whole number; accepted: 1 to 1000/,
    );
    assert.match(message, /canary:steps\[0\]\.hold = "soon": a hold is a duration such as/);
    assert.match(message, /canary:wieght: unknown key; accepted: application, namespace/);
  });

  it("is refused by the engine itself where a required key is missing or of another type", async () => {
    assert.match(
      await refusalOf("missing", { application: "shop", host: "shop.example.com" }),
      /missing configuration value .image/,
    );
    assert.match(
      await refusalOf("type", { ...leastRelease, port: "http" as unknown as number }),
      /port.*must be of type .integer/s,
    );
  });

  it("keeps a secret of the environment out of the preview and, in clear, out of the state", async () => {
    const { stack } = await stackOf("secret", {
      ...leastRelease,
      application: "secret",
      environment: { PLAIN: "seen" },
    });
    await stack.setConfig("canary:environment.TOKEN", { value: "s3cret-token", secret: true }, true);
    const { stdout } = await stack.up();
    const state = readFileSync(
      join(engine.directory("secret"), "state", ".pulumi", "stacks", "canary", "secret.json"),
      "utf8",
    );
    assert.doesNotMatch(stdout + state, /s3cret-token/);
    const rollout = (await engine.api.objects.read({
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Rollout",
      metadata: { name: "secret", namespace: "default" },
    })) as KubernetesObject;
    assert.doesNotMatch(JSON.stringify(rollout), /s3cret-token/);
    assert.deepEqual(await tokensOf("secret"), ["s3cret-token"]);

    await stack.setConfig("canary:environment.TOKEN", { value: "another-token", secret: true }, true);
    await stack.up();
    assert.deepEqual(await tokensOf("secret"), ["another-token", "s3cret-token"]);
  });

  it("changes nothing in a second up, and applies an edit", async () => {
    const { stack, configure } = await stackOf("again", { ...leastRelease, application: "again" });
    await stack.up();
    assert.deepEqual((await stack.up()).summary.resourceChanges, { same: 8 });
    configure({ ...leastRelease, application: "again", tlsSecret: "shop-tls" });
    assert.deepEqual((await stack.up()).summary.resourceChanges, { same: 7, update: 1 });
    assert.equal((await stack.outputs())["url"]?.value, "https://shop.example.com/");
  });
});
