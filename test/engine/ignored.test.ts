// Edits inside a field that a controller writes, under the real engine: refused by name, and the way to make them tried
// out.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  loadAllYaml,
  PatchStrategy,
  setHeaderOptions,
  type KubernetesObject,
} from "@kubernetes/client-node";
import { Routing, Workload } from "../../components";
import { declaredAnnotation } from "../../manifests/annotations";
import type { ControllerName, ReleaseArgs } from "../../release/settings";
import type { DeployedStack } from "../../sandbox/engine";
import { moduleFiles } from "../../sandbox/toolchain/moduleFiles";
import { startProgramEngine, type ProgramEngine } from "../support/programEngine";
import { leastRelease } from "../support/releases";

type HttpRoute = KubernetesObject & {
  spec: {
    parentRefs: { name: string }[];
    rules: { matches: { path: { value: string } }[]; backendRefs: { weight: number }[] }[];
  };
};
type Service = KubernetesObject & { spec: { selector: Record<string, string> } };

describe("an edit inside a field that a controller writes", function () {
  this.timeout(120_000);
  let engine: ProgramEngine;
  before(async () => {
    engine = await startProgramEngine();
    const { gatewayApiCrds } = await moduleFiles();
    const definitions = loadAllYaml(
      readFileSync(join(gatewayApiCrds, "gateway.networking.k8s.io_httproutes.yaml"), "utf8"),
    ) as KubernetesObject[];
    for (const definition of definitions) await engine.api.objects.create(definition);
  });
  after(() => engine.stop());

  const release = (application: string, change: Partial<ReleaseArgs> = {}): ReleaseArgs => ({
    ...leastRelease,
    application,
    router: "gateway-api",
    ...change,
  });
  const read = <T extends KubernetesObject>(apiVersion: string, kind: string, name: string) =>
    engine.api.objects.read({ apiVersion, kind, metadata: { name, namespace: "default" } }) as Promise<T>;
  const route = (name: string) => read<HttpRoute>("gateway.networking.k8s.io/v1", "HTTPRoute", name);

  async function deployed(application: string, change: Partial<ReleaseArgs> = {}): Promise<DeployedStack> {
    const stack = await engine.stack(application);
    stack.configure(release(application, change));
    await stack.stack.up();
    return stack;
  }

  /** Writes what Argo Rollouts would while a canary has a fifth of the requests. */
  async function inFlight(name: string): Promise<void> {
    const { apiVersion, kind, metadata, spec } = await route(name);
    const [rule] = spec.rules;
    const backendRefs = rule?.backendRefs.map((backend, index) => ({ ...backend, weight: index === 0 ? 80 : 20 }));
    await engine.api.applyAs("rollouts-controller", {
      apiVersion,
      kind,
      metadata: { name, namespace: metadata?.namespace },
      spec: { rules: [{ ...rule, backendRefs }] },
    } as KubernetesObject);
    const selector = { "app.kubernetes.io/name": name, "rollouts-pod-template-hash": "6d5f7" };
    await engine.api.applyAs("rollouts-controller", {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace: metadata?.namespace },
      spec: { selector },
    } as KubernetesObject);
  }
  const weights = async (name: string) => (await route(name)).spec.rules[0]?.backendRefs.map(({ weight }) => weight);
  const pathOf = async (name: string) => (await route(name)).spec.rules[0]?.matches[0]?.path.value;

  const refusal = (operation: Promise<unknown>): Promise<string> =>
    operation.then(
      () => "",
      (error: Error) => /hook "[^"]*" failed: (.*)$/m.exec(error.message)?.[1] ?? error.message,
    );

  /** Does what the refusal says, as kubectl would. */
  async function patchAsTold(refused: string): Promise<void> {
    const [, resource = "", name = "", namespace = "", json = ""] =
      /kubectl patch (\S+) (\S+) --namespace (\S+) --type json --patch '(\[.*\])', then: pulumi up --refresh$/.exec(
        refused,
      ) ?? [];
    const config = new KubeConfig();
    config.loadFromString(engine.api.kubeconfig);
    const body = JSON.parse(json) as object;
    const options = setHeaderOptions("Content-Type", PatchStrategy.JsonPatch);
    if (resource === "service")
      await config.makeApiClient(CoreV1Api).patchNamespacedService({ name, namespace, body }, options);
    else {
      assert.equal(resource, "httproute.gateway.networking.k8s.io");
      await config
        .makeApiClient(CustomObjectsApi)
        .patchNamespacedCustomObject(
          { group: "gateway.networking.k8s.io", version: "v1", plural: "httproutes", name, namespace, body },
          options,
        );
    }
  }

  it("is refused in a preview and in an up, which changes nothing", async () => {
    const { stack, configure } = await deployed("shop");
    await inFlight("shop");
    configure(release("shop", { path: "/cart" }));
    const why =
      'HTTPRoute shop: spec.rules belongs to argo-rollouts, and an edit inside it would be lost: spec.rules[0].matches[0].path.value is "/" and would be "/cart"; ' +
      "accepted: what was declared before, or the edit made in the cluster first: kubectl patch httproute.gateway.networking.k8s.io shop --namespace default --type json " +
      `--patch '[{"op":"replace","path":"/spec/rules/0/matches/0/path/value","value":"/cart"}]', then: pulumi up --refresh`;
    assert.equal(await refusal(stack.preview()), why);
    assert.equal(await refusal(stack.up()), why);
    assert.deepEqual([await pathOf("shop"), await weights("shop")], ["/", [80, 20]]);
    configure(release("shop"));
    assert.deepEqual((await stack.preview()).changeSummary, { same: 8 });
  });

  it("is accepted once it is made in the cluster as the refusal says, and leaves the weights", async () => {
    const { stack, configure } = await deployed("made");
    await inFlight("made");
    configure(release("made", { path: "/cart" }));
    const refused = await refusal(stack.preview());
    await patchAsTold(refused);
    assert.equal(await refusal(stack.preview()), refused, "the state has not seen it yet");
    assert.deepEqual((await stack.up({ refresh: true })).summary.resourceChanges, { same: 7, update: 1 });
    assert.deepEqual([await pathOf("made"), await weights("made")], ["/cart", [80, 20]]);
    assert.deepEqual((await stack.up({ refresh: true })).summary.resourceChanges, { same: 8 });
  });

  it("outside of it is applied in flight, and a controller's own writes show in no preview", async () => {
    const { stack, configure } = await deployed("outside");
    await inFlight("outside");
    assert.deepEqual((await stack.preview()).changeSummary, { same: 8 });
    await stack.refresh();
    assert.deepEqual((await stack.preview()).changeSummary, { same: 8 });
    configure(release("outside", { gateway: { name: "public" } }));
    assert.deepEqual((await stack.up()).summary.resourceChanges, { same: 7, update: 1 });
    const { spec } = await route("outside");
    assert.deepEqual(
      [spec.parentRefs[0]?.name, spec.rules[0]?.backendRefs.map(({ weight }) => weight)],
      ["public", [80, 20]],
    );
  });

  it("is told apart from the first update of an object that does not say yet what was declared", async () => {
    const { stack, configure } = await deployed("older");
    const state = await stack.exportStack();
    const { resources = [] } = state.deployment as {
      resources?: { inputs?: { metadata?: { annotations?: Record<string, string> } } }[];
    };
    for (const { inputs } of resources) delete inputs?.metadata?.annotations?.[declaredAnnotation];
    await stack.importStack(state);
    assert.deepEqual((await stack.up()).summary.resourceChanges, { same: 5, update: 3 });
    configure(release("older", { path: "/cart" }));
    assert.match(
      await refusal(stack.preview()),
      /spec\.rules\[0\]\.matches\[0\]\.path\.value is "\/" and would be "\/cart"/,
    );
  });

  it("that another controller would make is refused where it becomes the field's owner", async () => {
    let controller: ControllerName = "pulumi";
    const { stack } = await engine.stack(
      "moved",
      async () => void new Routing("moved", release("moved", { controller })),
    );
    await stack.up();
    controller = "argo-rollouts";
    const refused = await refusal(stack.preview());
    assert.match(
      refused,
      /^Service moved: spec\.selector belongs to argo-rollouts, .*: spec\.selector\.track is "stable" and would be absent; .*--patch '\[{"op":"remove","path":"\/spec\/selector\/track"}\]'/,
    );
    await patchAsTold(refused);
    await patchAsTold(refused.replaceAll("moved", "moved-canary"));
    await stack.up({ refresh: true });
    assert.deepEqual((await read<Service>("v1", "Service", "moved")).spec.selector, {
      "app.kubernetes.io/name": "moved",
    });
  });

  it("is not the only thing that a part alone refuses: Workload keeps to one step at a time", async () => {
    const { stack } = await engine.stack(
      "part",
      async () =>
        void new Workload(
          "part",
          release("part", { controller: "pulumi", step: 2, stableImage: "registry.example.com/shop:1.3.0" }),
        ),
    );
    assert.equal(
      await refusal(stack.preview()),
      "canary:step = 2: the release is at step 0, and goes on one step at a time or back to 0; accepted: 0, 1",
    );
  });
});
