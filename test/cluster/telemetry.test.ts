// A release judged by what others count: Traefik's own series of its real requests, and those of cAdvisor and
// kube-state-metrics, whose CPU, memory and restarts are simulated.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { CoreV1Api } from "@kubernetes/client-node";
import type { ReleaseArgs } from "../../release/settings";
import { eventually, startSandbox, underLoad, type SandboxApplication, type Sandbox } from "../support/sandbox";

describe("a release that Traefik, cAdvisor and kube-state-metrics judge", function () {
  this.timeout(120_000);
  let sandbox: Sandbox;
  let application: SandboxApplication;
  before(async () => {
    sandbox = await startSandbox();
    application = await sandbox.application("counted");
    configure("v1");
    assert.equal((await application.up()).error, undefined);
  });
  after(() => sandbox.stop());

  const thresholds: ReleaseArgs["thresholds"] = {
    errorRate: "5%",
    latency: { p95: "1s" },
    cpu: "80%",
    memory: "80%",
    restarts: 0,
  };
  function configure(version: string, change: ReleaseArgs["thresholds"] = {}): void {
    const judgement = {
      interval: "1s",
      window: "5s",
      initialDelay: "8s",
      failuresTolerated: 2,
      noData: "fail",
      leastRequestRate: "1/s",
    } as const;
    application.configure(version, {
      router: "traefik",
      telemetry: "traefik",
      steps: [
        { weight: 50, hold: "16s" },
        { weight: 100, hold: "0s" },
      ],
      judgement,
      thresholds: { ...thresholds, ...change },
    });
  }

  it("is promoted where every bound is kept", async () => {
    configure("v2");
    const { result } = await underLoad(application, () => application.up());
    assert.equal(result.error, undefined, result.said.join("\n"));
    await eventually(async () => assert.deepEqual(await application.ask(10), { v2: 10 }));
  });

  const bad: [string, string, ReleaseArgs["thresholds"], RegExp][] = [
    ["errors, as Traefik counts them", "v3-errors-20", {}, /aborted: .*error-rate was [\d.]+ %, must be below 5 %/],
    ["latency, as Traefik measures it", "v3-slow-1500", {}, /aborted: .*latency-p95 was [\d.]+ m?s, must be below 1s/],
    ["CPU", "v3", { cpu: "3%" }, /aborted: .*cpu was [\d.]+ %, must be below 3 %/],
    ["memory", "v4", { memory: "10%" }, /aborted: .*memory was [\d.]+ %, must be below 10 %/],
  ];
  for (const [what, version, change, why] of bad) {
    it(`is rolled back for its ${what}`, async () => {
      configure(version, change);
      const { result } = await underLoad(application, () => application.up());
      assert.match(result.error?.message ?? "", why, result.said.join("\n"));
      assert.deepEqual(await application.ask(10), { v2: 10 });
    });
  }

  it("is rolled back for its restarts", async () => {
    configure("v5", { restarts: 0 });
    const { result } = await underLoad(application, async () => {
      const up = application.up();
      await restartCanary("v5");
      return up;
    });
    assert.match(
      result.error?.message ?? "",
      /aborted: .*restarts was [\d.]+, must be below 1/,
      result.said.join("\n"),
    );
    assert.deepEqual(await application.ask(10), { v2: 10 });
  });

  /** Says of each of a version's pods, for half a minute, that it restarted once more, as a kubelet would. */
  async function restartCanary(version: string): Promise<void> {
    const core = sandbox.kubeConfig.makeApiClient(CoreV1Api);
    const { name: namespace } = application;
    for (let restartCount = 1; restartCount <= 12; restartCount++) {
      await sleep(2000);
      const { items } = await core.listNamespacedPod({ namespace });
      for (const pod of items.filter(({ spec }) => spec?.containers[0]?.image?.endsWith(`:${version}`) ?? false)) {
        const body = [{ op: "replace", path: "/status/containerStatuses/0/restartCount", value: restartCount }];
        await core.patchNamespacedPodStatus({ name: pod.metadata?.name ?? "", namespace, body }).catch(() => undefined);
      }
    }
  }
});
