import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as command from "@pulumi/command";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { serveProviders, type Providers } from "../../sandbox/provider";
import { toolchain } from "../../sandbox/toolchain/toolchain";
import { startApiServer, type ApiServer } from "../../sandbox/cluster/apiServer";
import { startEngine, type Engine } from "../support/engine";

interface Live {
  readonly metadata: { readonly name: string; readonly uid: string; readonly annotations?: Record<string, string> };
  readonly data?: Record<string, string>;
  readonly spec?: { readonly selector?: Record<string, string>; readonly replicas?: number };
}

function isThere(process_: number): boolean {
  try {
    return process.kill(process_, 0);
  } catch {
    return false;
  }
}

describe("the sandbox's own providers under the real engine", function () {
  this.timeout(120_000);
  let api: ApiServer;
  let providers: Providers;
  let engine: Engine;

  before(async () => {
    api = await startApiServer();
    providers = await serveProviders({ kubeconfig: api.kubeconfig });
    engine = await startEngine((await toolchain(["pulumi"])).pulumi, providers.debugProviders);
  });

  after(async () => {
    engine.close();
    await providers.close();
    await api.stop();
  });

  const read = async (kind: string, name: string, apiVersion = "v1"): Promise<Live> =>
    (await api.objects.read({ apiVersion, kind, metadata: { name, namespace: "default" } })) as unknown as Live;

  async function up(name: string, program: PulumiFn) {
    const stack = await engine.stack(name, program);
    const { outputs, summary, stdout } = await stack.up();
    return { outputs, changes: summary.resourceChanges ?? {}, stdout, stack };
  }

  async function failure(attempt: Promise<unknown>): Promise<string> {
    try {
      await attempt;
    } catch (error) {
      return String(error);
    }
    throw new assert.AssertionError({ message: "It should have failed." });
  }

  const configMap = (args: k8s.types.input.core.v1.ConfigMap, options?: pulumi.CustomResourceOptions) => async () => {
    const { metadata } = new k8s.core.v1.ConfigMap("settings", args, options);
    return Promise.resolve({ name: metadata.name });
  };

  it("creates, updates and deletes an object", async () => {
    const labelled = (tier: string) =>
      configMap({ metadata: { name: "plain", labels: { tier } }, data: { greeting: "hello" } });
    const created = await up("plain", labelled("one"));
    assert.equal((await read("ConfigMap", "plain")).data?.["greeting"], "hello");
    const { uid } = (await read("ConfigMap", "plain")).metadata;

    assert.equal((await up("plain", labelled("one"))).changes["same"], 2);
    assert.equal((await up("plain", labelled("two"))).changes["update"], 1);
    assert.equal((await read("ConfigMap", "plain")).metadata.uid, uid);

    await created.stack.destroy();
    await assert.rejects(read("ConfigMap", "plain"));
  });

  it("replaces a ConfigMap whose data change, as the official provider does", async () => {
    await up("data", configMap({ metadata: { name: "data" }, data: { greeting: "hello" } }));
    const { uid } = (await read("ConfigMap", "data")).metadata;
    assert.equal(
      (await up("data", configMap({ metadata: { name: "data" }, data: { greeting: "good day" } }))).changes["replace"],
      1,
    );
    assert.notEqual((await read("ConfigMap", "data")).metadata.uid, uid);
  });

  it("makes up a name and keeps it", async () => {
    const first = await up("autonaming", configMap({ data: { a: "1" } }));
    const name = String(first.outputs["name"]?.value);
    assert.match(name, /^settings-[0-9a-f]{8}$/);
    const second = await up("autonaming", configMap({ metadata: { labels: { tier: "one" } }, data: { a: "1" } }));
    assert.equal(second.outputs["name"]?.value, name);
    const third = await up("autonaming", configMap({ data: { a: "2" } }));
    assert.notEqual(third.outputs["name"]?.value, name, "a replacement is created beside the old one");
    await assert.rejects(read("ConfigMap", name));
  });

  it("keeps secrets encrypted in the state", async () => {
    const program = () => {
      new k8s.core.v1.ConfigMap("settings", {
        metadata: { name: "secretive" },
        data: { password: pulumi.secret("hunter-two") },
      });
      new k8s.core.v1.Secret("secret", { metadata: { name: "secretive" }, stringData: { password: "hunter-three" } });
      new command.local.Command("echo", {
        create: 'echo "$PASSWORD"',
        environment: { PASSWORD: pulumi.secret("hunter-four") },
      });
      return Promise.resolve();
    };
    const { stack, stdout } = await up("secrets", program);
    await stack.refresh();
    const state = engine.state("secrets");
    for (const text of ["hunter-two", "hunter-three", "hunter-four"]) {
      assert.ok(
        !state.includes(text) && !state.includes(Buffer.from(text).toString("base64")),
        `${text} is in the state`,
      );
      assert.ok(!stdout.includes(text), `${text} is on the screen`);
    }
    const secret = await read("Secret", "secretive");
    assert.equal(secret.data?.["password"], Buffer.from("hunter-three").toString("base64"));
    assert.equal((await up("secrets", program)).changes["same"], 4);
  });

  it("names the field and its owner in a conflict, and takes it over when told to", async () => {
    const service =
      (port: number, annotations: Record<string, string> = {}) =>
      async () => {
        new k8s.core.v1.Service("web", {
          metadata: { name: "contested", annotations: { "pulumi.com/skipAwait": "true", ...annotations } },
          spec: { selector: { app: "web" }, ports: [{ port: 80, targetPort: port }] },
        });
        return Promise.resolve();
      };
    await up("conflict", service(8080));
    await api.applyAs("somebody", {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "contested", namespace: "default" },
      spec: { selector: { app: "other" } },
    } as object);
    const message = await failure(up("conflict", service(8081)));
    assert.match(message, /spec\.selector is owned by "somebody"/);
    assert.match(message, /ignoreChanges: \["spec\.selector"\]/);
    await up("conflict", service(8081, { "pulumi.com/patchForce": "true" }));
    assert.deepEqual((await read("Service", "contested")).spec?.selector, { app: "web" });
  });

  it("refuses to create what exists", async () => {
    await api.objects.create({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "taken", namespace: "default" },
    });
    assert.match(
      await failure(up("taken", configMap({ metadata: { name: "taken" } }))),
      /default\/taken was not created, because it already exists/,
    );
  });

  it("applies an edit beside an ignored field that a controller owns, and sees no change in a refresh", async () => {
    const service = (note: string) => async () => {
      new k8s.core.v1.Service(
        "web",
        {
          metadata: { name: "canary", annotations: { "pulumi.com/skipAwait": "true", note } },
          spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
        },
        { ignoreChanges: ["spec.selector"] },
      );
      return Promise.resolve();
    };
    await up("ignored", service("one"));
    const selector = { app: "web", "rollouts-pod-template-hash": "abc" };
    await api.objects.patch(
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "canary", namespace: "default" },
        spec: { selector },
      } as object,
      undefined,
      undefined,
      "rollouts-controller",
      undefined,
      "application/merge-patch+json",
    );

    const { stack } = await up("ignored", service("two"));
    const live = await read("Service", "canary");
    assert.deepEqual(live.spec?.selector, selector);
    assert.equal(live.metadata.annotations?.["note"], "two");
    assert.equal((await stack.refresh()).summary.resourceChanges?.["update"], undefined);
    assert.equal((await stack.preview()).changeSummary["update"], undefined);
    assert.equal((await up("ignored", service("three"))).changes["update"], 1);
    assert.deepEqual((await read("Service", "canary")).spec?.selector, selector);
  });

  it("does not see a key that somebody adds to a map", async () => {
    const { stack } = await up("pruned", configMap({ metadata: { name: "pruned" }, data: { a: "1" } }));
    await api.applyAs("somebody", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "pruned", namespace: "default", labels: { added: "yes" } },
      data: { b: "2" },
    } as object);
    assert.equal((await stack.refresh()).summary.resourceChanges?.["same"], 2);
    assert.equal((await stack.preview()).changeSummary["same"], 2);
  });

  it("sees in a refresh what somebody changed or deleted", async () => {
    const { stack } = await up("drift", configMap({ metadata: { name: "drift" }, data: { a: "1" } }));
    await api.applyAs("somebody", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "drift", namespace: "default" },
      data: { a: "2" },
    } as object);
    assert.equal((await stack.refresh()).summary.resourceChanges?.["update"], 1);
    await api.objects.delete({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "drift", namespace: "default" },
    });
    assert.equal((await stack.refresh()).summary.resourceChanges?.["delete"], 1);
    assert.equal((await stack.up()).summary.resourceChanges?.["create"], 1);
  });

  it("declares a custom resource together with its definition", async () => {
    const widget = (size: number) => async () => {
      const definition = new k8s.apiextensions.v1.CustomResourceDefinition("widgets", {
        metadata: { name: "widgets.test.example" },
        spec: {
          group: "test.example",
          scope: "Namespaced",
          names: { kind: "Widget", plural: "widgets" },
          versions: [
            {
              name: "v1",
              served: true,
              storage: true,
              schema: {
                openAPIV3Schema: {
                  type: "object",
                  properties: { spec: { type: "object", properties: { replicas: { type: "integer" } } } },
                },
              },
            },
          ],
        },
      });
      const resource = new k8s.apiextensions.CustomResource(
        "widget",
        { apiVersion: "test.example/v1", kind: "Widget", metadata: { name: "widget" }, spec: { replicas: size } },
        { dependsOn: definition },
      );
      return Promise.resolve({ id: resource.id });
    };
    const { outputs, stack } = await up("custom", widget(1));
    assert.equal(outputs["id"]?.value, "default/widget");
    await up("custom", widget(2));
    assert.equal((await read("Widget", "widget", "test.example/v1")).spec?.replicas, 2);
    await stack.destroy();
  });

  it("previews values that are not known yet, and changes nothing", async () => {
    const program = async () => {
      const first = new k8s.core.v1.ConfigMap("first", { data: { a: "1" } });
      new k8s.core.v1.ConfigMap("second", {
        metadata: { name: pulumi.interpolate`${first.metadata.uid}-copy` },
        data: { uid: first.metadata.uid },
      });
      return Promise.resolve();
    };
    const stack = await engine.stack("unknown", program);
    assert.equal((await stack.preview()).changeSummary["create"], 3);
    assert.equal(
      (await api.objects.list("v1", "ConfigMap", "default")).items.filter(({ metadata }) =>
        metadata?.name?.startsWith("first-"),
      ).length,
      0,
    );
    assert.equal((await up("unknown", program)).changes["create"], 3);
  });

  it("keeps an object that does not become ready, and says what is missing", async () => {
    const service = (annotations: Record<string, string>) => async () => {
      new k8s.core.v1.Service(
        "web",
        { metadata: { name: "lonely", annotations }, spec: { selector: { app: "nobody" }, ports: [{ port: 80 }] } },
        { customTimeouts: { create: "2s", update: "2s" } },
      );
      return Promise.resolve();
    };
    assert.match(
      await failure(up("unready", service({}))),
      /default\/lonely exists, but was not ready after 2 s: no pod matches/,
    );
    assert.equal((await up("unready", service({ "pulumi.com/skipAwait": "true" }))).changes["update"], 1);
  });

  it("waits for a Service's endpoints", async () => {
    const program = async () => {
      new k8s.core.v1.Service("web", {
        metadata: { name: "awaited" },
        spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
      });
      return Promise.resolve();
    };
    let isUp = false;
    const upward = up("awaited", program).finally(() => (isUp = true));
    await sleep(4000);
    assert.ok(!isUp && (await read("Service", "awaited")).metadata.uid !== "");
    await api.objects.create({
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { name: "awaited-1", namespace: "default", labels: { "kubernetes.io/service-name": "awaited" } },
      addressType: "IPv4",
      ports: [],
      endpoints: [{ addresses: ["10.244.0.5"], conditions: { ready: true } }],
    } as object);
    assert.equal((await upward).changes["create"], 2);
  });

  it("reads and imports what exists", async () => {
    await api.objects.create({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "found", namespace: "default" },
      data: { a: "1" },
    } as object);
    const get = async () => Promise.resolve({ data: k8s.core.v1.ConfigMap.get("found", "default/found").data });
    assert.deepEqual((await up("read", get)).outputs["data"]?.value, { a: "1" });
    const program = configMap(
      { metadata: { name: "found", namespace: "default" }, data: { a: "1" } },
      { import: "default/found" },
    );
    assert.equal((await up("imported", program)).changes["import"], 1);
    assert.equal((await up("imported", program)).changes["same"], 2);
    await assert.rejects(
      up("missing", async () => Promise.resolve(void k8s.core.v1.ConfigMap.get("none", "default/none"))),
      /does not exist/,
    );
  });

  it("takes the kubeconfig and the namespace of a provider that is declared", async () => {
    await api.objects.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } });
    const program = (args: k8s.ProviderArgs) => async () => {
      const provider = new k8s.Provider("cluster", args);
      const { id } = new k8s.core.v1.ConfigMap("settings", { metadata: { name: "elsewhere" } }, { provider });
      return Promise.resolve({ id });
    };
    const { outputs } = await up("explicit", program({ kubeconfig: pulumi.secret(api.kubeconfig), namespace: "shop" }));
    assert.equal(outputs["id"]?.value, "shop/elsewhere");
    assert.match(
      await failure(up("render", program({ renderYamlToDirectory: "out" }))),
      /does not know the option renderYamlToDirectory/,
    );
    assert.match(
      await failure(up("nowhere", program({ kubeconfig: "no/such/file" }))),
      /The kubeconfig no\/such\/file does not exist/,
    );
  });

  it("refuses by name what it does not cover", async () => {
    const program = async () => {
      new k8s.helm.v3.Release("release", { chart: "nginx" });
      return Promise.resolve();
    };
    assert.match(await failure(up("refused", program)), /kubernetes:helm\.sh\/v3:Release is not covered/);
  });

  describe("of commands", () => {
    const directory = mkdtempSync(join(tmpdir(), "canary-command-"));
    const log = join(directory, "log");
    after(() => rmSync(directory, { recursive: true, force: true }));
    const logged = () => readFileSync(log, "utf8").trim().split("\n");

    const run = (args: command.local.CommandArgs) => async () => {
      const { stdout, stderr } = new command.local.Command("run", { dir: directory, ...args });
      return Promise.resolve({ stdout, stderr });
    };

    it("runs nothing in a preview, then once, and again when a trigger changes", async () => {
      writeFileSync(log, "");
      const program = (trigger: string) =>
        run({
          create: `echo create "$NAME" | tee -a log; echo note >&2`,
          delete: `echo "delete after $PULUMI_COMMAND_STDOUT" >> log`,
          environment: { NAME: "one" },
          triggers: [trigger],
        });
      const stack = await engine.stack("command", program("a"));
      await stack.preview();
      assert.deepEqual(logged(), [""]);

      const { outputs, stdout } = await up("command", program("a"));
      assert.deepEqual([outputs["stdout"]?.value, outputs["stderr"]?.value], ["create one", "note"]);
      assert.match(stdout, /create one/);
      assert.equal((await up("command", program("a"))).changes["same"], 2);
      assert.equal((await up("command", program("b"))).changes["replace"], 1);
      assert.deepEqual(logged(), ["create one", "create one", "delete after create one"]);
    });

    it("updates by the update command, which sees what the last one wrote", async () => {
      await up("update", run({ create: "echo first", update: 'echo "after $PULUMI_COMMAND_STDOUT"' }));
      const program = run({ create: "echo first", update: 'echo "after $PULUMI_COMMAND_STDOUT"', triggers: ["new"] });
      const { outputs, changes } = await up("update", program);
      assert.deepEqual([outputs["stdout"]?.value, changes["update"]], ["after first", 1]);
    });

    it("fails with the exit code and the last lines", async () => {
      const message = await failure(
        up("failing", run({ create: "echo the metric is 0.2; echo the threshold is 0.1 >&2; exit 3" })),
      );
      assert.match(message, /The create command of run ended with exit code 3; its last lines:/);
      assert.match(message, /the metric is 0\.2/);
      assert.match(message, /the threshold is 0\.1/);
    });

    it("ends the command and its children when the update is cancelled", async () => {
      const stack = await engine.stack("cancelled", run({ create: "echo $$ > pid; sleep 300 & wait" }));
      const abort = new AbortController();
      const cancel = setInterval(() => {
        try {
          if (readFileSync(join(directory, "pid"), "utf8") !== "") abort.abort();
        } catch {
          // The command has not begun.
        }
      }, 100);
      await failure(stack.up({ signal: abort.signal }));
      clearInterval(cancel);
      const group = -Number(readFileSync(join(directory, "pid"), "utf8"));
      for (const deadline = Date.now() + 10_000; isThere(group); await sleep(100)) {
        assert.ok(Date.now() < deadline, "the process group is still there");
      }
    });
  });
});
