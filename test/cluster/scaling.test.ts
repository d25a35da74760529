// Who sets how many pods there are, and how they end. Readiness and termination of the pods are simulated by kwok, and
// there are no CPU metrics: the autoscaler is the real one, and keeps to its bounds; between them the test plays it.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import {
  ApiException,
  AppsV1Api,
  AutoscalingV2Api,
  CoreV1Api,
  CustomObjectsApi,
  PatchStrategy,
  setHeaderOptions,
} from "@kubernetes/client-node";
import type { ReleaseArgs } from "../../release/settings";
import { demoRelease } from "../../sandbox/demonstration/demoRelease";
import { eventually, startSandbox, underLoad, type SandboxApplication, type Sandbox } from "../support/sandbox";

const image = (version: string) => demoRelease(version, "http://127.0.0.1:9090").image as string;
const autoscaling = { maxReplicas: 8 };

describe("the number of pods", function () {
  this.timeout(120_000);
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await startSandbox();
  });
  after(() => sandbox.stop());

  const apps = () => sandbox.kubeConfig.makeApiClient(AppsV1Api);
  const core = () => sandbox.kubeConfig.makeApiClient(CoreV1Api);
  const autoscalers = () => sandbox.kubeConfig.makeApiClient(AutoscalingV2Api);

  const up = async (application: SandboxApplication, version: string, change: Partial<ReleaseArgs>) => {
    application.configure(version, { wait: false, ...change });
    const { error, changes } = await application.up();
    assert.equal(error, undefined, error?.message);
    return changes;
  };

  /** What preview, refresh and up would change, or did: nothing but "same", or the kinds of change. */
  const changesOf = async (application: SandboxApplication) => {
    const { stack } = application.deployed;
    const preview = (await stack.preview()).changeSummary;
    const refresh = (await stack.refresh()).summary.resourceChanges ?? {};
    const { changes } = await application.up();
    return [preview, refresh, changes].map((summary) => Object.entries(summary).filter(([kind]) => kind !== "same"));
  };
  const none = [[], [], []];

  /** Through the scale subresource, as an autoscaler does. */
  const scaleRollout = ({ name }: SandboxApplication, replicas: number) =>
    sandbox.kubeConfig.makeApiClient(CustomObjectsApi).patchNamespacedCustomObjectScale(
      {
        group: "argoproj.io",
        version: "v1alpha1",
        plural: "rollouts",
        namespace: name,
        name,
        body: { spec: { replicas } },
      },
      setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
    );
  const scaleDeployment = (namespace: string, name: string, replicas: number) =>
    apps().patchNamespacedDeploymentScale(
      { namespace, name, body: { spec: { replicas } } },
      setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
    );
  const deployment = (namespace: string, name: string) => apps().readNamespacedDeployment({ namespace, name });

  const rolloutHas = (application: SandboxApplication, replicas: number, pods = replicas) =>
    eventually(async () => {
      const { spec, status } = await application.rollout();
      assert.deepEqual(
        [spec.replicas, (status as { availableReplicas?: number } | undefined)?.availableReplicas],
        [replicas, pods],
      );
    });
  const deploymentHas = (namespace: string, name: string, replicas: number) =>
    eventually(async () => {
      const { spec, status } = await deployment(namespace, name);
      assert.deepEqual([spec?.replicas, status?.availableReplicas], [replicas, replicas]);
    });
  const selectors = async (name: string) =>
    Promise.all(
      [name, `${name}-canary`].map(
        async (service) => (await core().readNamespacedService({ namespace: name, name: service })).spec?.selector,
      ),
    );

  describe("of a Rollout with an autoscaler", () => {
    const judgement = {
      interval: "1s",
      window: "5s",
      initialDelay: "6s",
      noData: { pass: "nobody asks between two tests" },
    };
    const settings = { autoscaling, judgement, steps: [{ weight: 50, hold: "until promoted" }] };
    let application: SandboxApplication;
    before(async () => {
      application = await sandbox.application("scaled");
      await up(application, "v1", settings);
      await rolloutHas(application, 4);
    });

    it("is the autoscaler's at rest", async () => {
      await scaleRollout(application, 6);
      await rolloutHas(application, 6);
      assert.deepEqual(await changesOf(application), none);
      await rolloutHas(application, 6);
    });

    it("is the autoscaler's in flight, as weight and selectors are the controller's", async () => {
      await up(application, "v2", settings);
      await eventually(async () => assert.equal(await application.weight(), 50));
      await scaleRollout(application, 7);
      await rolloutHas(application, 7, 7 + 4);
      const before = await selectors(application.name);
      assert.notDeepEqual(before[0], before[1]);
      assert.deepEqual(await changesOf(application), none);
      await rolloutHas(application, 7, 7 + 4);
      assert.deepEqual([await application.weight(), await selectors(application.name)], [50, before]);
    });

    it("lets one pod be drained during a canary, not a second at once, and no user notices", async () => {
      const { result: refusal, seen } = await underLoad(application, async () => {
        const [one, another] = await podsOf(application);
        assert.equal(await evict(application, one), undefined);
        const refused = await evict(application, another);
        await eventually(async () => assert.equal(await evict(application, another), undefined));
        for (const name of [one, another]) await eventually(() => isGone(application, name));
        return refused;
      });
      assert.match(refusal ?? "", /violate the pod's disruption budget/);
      assert.deepEqual(failures(await seen()), []);
    });

    it("is kept within the autoscaler's bounds, by the real one", async () => {
      await scaleRollout(application, 2);
      await rolloutHas(application, 4, 4 + 2);
      assert.deepEqual((await application.deployed.stack.preview()).changeSummary["update"], undefined);
    });

    it("lets all pods of a canary that is not ready be drained, and then no other", async () => {
      await up(application, "v3-unready", settings);
      const unready = () => podsOf(application, "False");
      await eventually(async () => assert.equal((await unready()).length, 2));
      const [one, another] = await unready();
      assert.deepEqual([await evict(application, one), await evict(application, another)], [undefined, undefined]);
      await eventually(async () => assert.equal((await unready()).length, 2));
      assert.match(
        (await evict(application, (await podsOf(application))[0])) ?? "",
        /violate the pod's disruption budget/,
      );
    });
  });

  it("of a Rollout without an autoscaler is put back by the up after a refresh", async () => {
    const application = await sandbox.application("fixed");
    await up(application, "v1", {});
    await scaleRollout(application, 6);
    await rolloutHas(application, 6);
    assert.deepEqual(await changesOf(application), [[], [["update", 1]], [["update", 1]]]);
    await rolloutHas(application, 4);
  });

  it("of the stable Deployment without an autoscaler is put back by the up after a refresh", async () => {
    const application = await sandbox.application("fixed-by-hand");
    await up(application, "v1", { controller: "pulumi", replicas: 1 });
    const { name } = application;
    await scaleDeployment(name, name, 3);
    await deploymentHas(name, name, 3);
    assert.deepEqual(await changesOf(application), [[], [["update", 1]], [["update", 1]]]);
    await deploymentHas(name, name, 1);
    await eventually(async () => assert.equal((await podsOf(application)).length, 1));
    await eventually(async () =>
      assert.equal(
        await evict(application, (await podsOf(application))[0]),
        undefined,
        "one pod alone can be drained too",
      ),
    );
  });

  it("of both Deployments with an autoscaler is never taken away by an up, until the release is over", async () => {
    const application = await sandbox.application("by-hand");
    const { name } = application;
    const canary = `${name}-canary`;
    const at = (step: number) => ({
      controller: "pulumi" as const,
      autoscaling,
      stableImage: image("v1"),
      step,
      steps: [25, 50].map((weight) => ({ weight, hold: "10s" })),
    });
    await up(application, "v1", at(0));
    await scaleDeployment(name, name, 6);
    await deploymentHas(name, name, 6);
    assert.deepEqual(await changesOf(application), none);

    const { seen } = await underLoad(application, async () => {
      await up(application, "v2", at(1));
      await deploymentHas(name, canary, 2);
      assert.equal((await scaler(name, name)).spec?.behavior?.scaleDown?.selectPolicy, "Disabled");
      await scaleDeployment(name, canary, 5);
      await deploymentHas(name, canary, 5);
      assert.deepEqual(await changesOf(application), none);
      await sleep(12_000);
      await up(application, "v2", at(2));
      await deploymentHas(name, canary, 5);
      await deploymentHas(name, name, 6);

      await up(application, "v2", at(3));
      await deploymentHas(name, name, 6);
      assert.equal((await deployment(name, name)).spec?.template.spec?.containers[0]?.image, image("v2"));
      const { selectPolicy, policies } = (await scaler(name, name)).spec?.behavior?.scaleDown ?? {};
      assert.deepEqual([selectPolicy, policies?.map(({ value }) => value)], ["Max", [10]]);
      await assert.rejects(scaler(name, canary), (error) => error instanceof ApiException && error.code === 404);
      await assert.rejects(deployment(name, canary), (error) => error instanceof ApiException && error.code === 404);
    });
    assert.deepEqual(failures(await seen()), []);
  });

  const scaler = (namespace: string, name: string) =>
    autoscalers().readNamespacedHorizontalPodAutoscaler({ namespace, name });

  /** Names of the pods that stay, and are ready or are not. */
  async function podsOf({ name }: SandboxApplication, ready: "True" | "False" = "True"): Promise<readonly string[]> {
    const { items } = await core().listNamespacedPod({ namespace: name });
    const wanted = items.filter(
      ({ metadata, status }) =>
        !metadata?.deletionTimestamp && status?.conditions?.some((is) => is.type === "Ready" && is.status === ready),
    );
    return wanted.map(({ metadata }) => metadata?.name ?? "");
  }

  const isGone = ({ name: namespace }: SandboxApplication, name = "") =>
    assert.rejects(
      core().readNamespacedPod({ namespace, name }),
      (error) => error instanceof ApiException && error.code === 404,
    );

  /** What `kubectl drain` asks for: nothing, or why it is refused. */
  async function evict({ name: namespace }: SandboxApplication, name = ""): Promise<string | undefined> {
    try {
      await core().createNamespacedPodEviction({ namespace, name, body: { metadata: { name, namespace } } });
      return undefined;
    } catch (error) {
      if (error instanceof ApiException && error.code === 429) return JSON.stringify(error.body);
      throw error;
    }
  }
});

/** Requests without a good answer. */
function failures({
  counts,
  errors,
  timeouts,
}: {
  readonly counts: readonly { readonly version: string; readonly status: number; readonly count: number }[];
  readonly errors: number;
  readonly timeouts: number;
}) {
  const broken = errors + timeouts > 0 ? [`${errors} broken connections, ${timeouts} timeouts`] : [];
  return [
    ...counts
      .filter(({ status }) => status !== 200)
      .map(({ version, status, count }) => `${count} times ${status} of ${version || "the router"}`),
    ...broken,
  ];
}
