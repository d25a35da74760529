// Whole releases on the embedded cluster: the real engine, the real controller, real requests. Readiness and
// termination of the pods are simulated by kwok.
import assert from "node:assert/strict";
import { CoreV1Api, CustomObjectsApi } from "@kubernetes/client-node";
import type { ReleaseArgs } from "../../release/settings";
import {
  eventually,
  sharesUntil,
  startSandbox,
  underLoad,
  type SandboxApplication,
  type Sandbox,
} from "../support/sandbox";

const soon = [
  { weight: 20, hold: "14s" },
  { weight: 100, hold: "0s" },
];
const quick = { interval: "1s", window: "5s", initialDelay: "8s", failuresTolerated: 2, leastRequestRate: "1/s" };

describe("a release", function () {
  this.timeout(120_000);
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await startSandbox();
  });
  after(() => sandbox.stop());

  /** An application whose first version is deployed. */
  async function deployed(name: string): Promise<SandboxApplication> {
    const application = await sandbox.application(name);
    application.configure("v1");
    const { error } = await application.up();
    assert.equal(error, undefined);
    return application;
  }

  it("of the first version is ready at once, skips steps and metrics, and says so", async () => {
    const application = await sandbox.application("first");
    application.configure("v1");
    const { said, error, changes } = await application.up();
    assert.equal(error, undefined);
    assert.equal(changes["create"], 10);
    assert.ok(
      said.some((line) => line.startsWith("promoted: first deploy of first, ready after")),
      said.join("\n"),
    );
    await eventually(async () => assert.deepEqual(await application.ask(10), { v1: 10 }));
    const outputs = await application.deployed.stack.outputs();
    assert.equal(outputs["url"]?.value, "http://first.example.com/");
    assert.ok((outputs["plan"]?.value as string[]).includes("total: 40s, then the canary is the stable version"));
    assert.match(String(outputs["readme"]?.value), /^## Release plan of first$/m);
  });

  it("of a good version is promoted through every weight, with exactly that share of the requests at each", async () => {
    const application = await deployed("good");
    application.configure("v2");
    const up = application.up();
    const shares = await sharesUntil(up, application, "v2");
    const { said, error } = await up;
    assert.equal(error, undefined, said.join("\n"));
    assert.ok(
      said.some((line) => line.startsWith("promoted: good serves all requests with the new version after")),
      said.join("\n"),
    );
    assert.deepEqual(
      [...shares.keys()].sort((a, b) => a - b),
      [5, 25, 50, 100],
    );
    for (const [weight, counts] of shares) {
      for (const count of counts)
        assert.ok(Math.abs(count - weight) <= 1, `${count} of 100 at weight ${weight}; all: ${counts.join(" ")}`);
    }
    assert.deepEqual(await application.ask(20), { v2: 20 });
  });

  it("of a failing version is rolled back by its error rate, and the way back is validated", async () => {
    const application = await deployed("failing");
    application.configure("v2-errors-20");
    const { result, seen } = await underLoad(application, async () => application.up());
    assert.match(result.error?.message ?? "", /aborted: error-rate was \d+(\.\d+)? %, must be below 5 %/);
    assert.ok(
      result.said.some((line) =>
        line.startsWith("way back complete: weight 0, selectors of failing and failing-canary at"),
      ),
      result.said.join("\n"),
    );
    const exposure = (await seen()).exposure("v2-errors-20");
    assert.ok(
      exposure !== undefined && exposure < 15,
      `answered its last request ${exposure} s after its first failure`,
    );
    assert.equal(await application.weight(), 0);
    assert.deepEqual(await application.ask(40), { v1: 40 });

    const again = await application.deployed.stack.preview().then(
      () => "",
      (error: Error) => error.message,
    );
    assert.match(
      again,
      /canary:image = "registry.example.com\/shop:v2-errors-20": the cluster aborted this release and runs registry.example.com\/shop:v1; aborted: error-rate was/,
    );
    assert.match(again, /accepted: another image, or attempt = 2 to try this one again/);
    application.configure("v2-errors-20", { attempt: 2 });
    assert.deepEqual((await application.deployed.stack.preview()).changeSummary["update"], 1);
  });

  it("of a slow version is rolled back by its latency", async () => {
    const application = await deployed("slow");
    application.configure("v2-slow-1500");
    const { result } = await underLoad(application, () => application.up());
    assert.match(result.error?.message ?? "", /aborted: latency-p95 was [\d.]+ ?m?s, must be below 1s/);
    assert.deepEqual(await application.ask(20), { v1: 20 });
  });

  it("that nobody asks for anything is not promoted: no data fails", async () => {
    const application = await deployed("unasked");
    application.configure("v2", { steps: soon });
    const { error } = await application.up();
    assert.match(error?.message ?? "", /aborted: .*request-rate had no data, must be at least 1 requests\/s/);
    assert.deepEqual(await application.ask(20), { v1: 20 });
  });

  for (const noData of ["hold", "hold, then fail"] as const) {
    it(`that nobody asks for anything holds for a person in its first step, where no data means ${noData}`, async () => {
      const application = await deployed(noData === "hold" ? "held" : "held-first");
      application.configure("v2", { steps: soon, judgement: { ...quick, noData } });
      const { said, error } = await application.up();
      assert.equal(error, undefined);
      assert.ok(
        said.some((line) => line.startsWith("held: ") && line.includes("had no data")),
        said.join("\n"),
      );
      assert.notEqual((await application.rollout()).status?.phase, "Healthy");
      assert.equal(await application.weight(), 20);
    });
  }

  it("that nobody asks for anything any more fails in a later step, where no data means hold, then fail", async () => {
    const application = await deployed("left-alone");
    // Prometheus may take ten seconds to discover the canary's pods, and a first measurement before that would hold.
    const judgement = { ...quick, initialDelay: "14s", noData: "hold, then fail" } as const;
    application.configure("v2", {
      steps: [
        { weight: 20, hold: "20s" },
        { weight: 50, hold: "40s" },
      ],
      judgement,
    });
    const { up } = await underLoad(application, async () => {
      const up = application.up();
      await eventually(async () => assert.equal(await application.weight(), 50), 60);
      return { up };
    }).then(({ result }) => result);
    const { error } = await up;
    assert.match(
      error?.message ?? "",
      /aborted: .*request-rate (had no data|was [\d.]+ requests\/s), must be at least 1 requests\/s/,
    );
    assert.deepEqual(await application.ask(20), { v1: 20 });
  });

  const bad: [string, string, Partial<ReleaseArgs>, RegExp][] = [
    [
      "fewer of whose visitors convert",
      "v2-converts-2",
      { thresholds: { conversionRate: { of: "visitors_total", to: "conversions_total", fail: "10%" } } },
      /aborted: conversion-rate was [\d.]+ %, must be at least 10 %/,
    ],
    [
      "slower than twice the stable one",
      "v2-slow-300",
      { thresholds: { latency: { p95: { fail: "5s", timesStable: 2 } } } },
      /aborted: latency-p95-vs-stable was [\d.]+ times, must be below 2 times the stable version's/,
    ],
    [
      "that a metric of the team's own finds bad",
      "v2-errors-20",
      {
        thresholds: { errorRate: "50%" },
        metrics: [
          {
            name: "failed-per-second",
            query:
              'sum(rate(http_server_request_duration_seconds_count{<canary>,http_response_status_code=~"5.."}[<window>]))',
            below: 1,
          },
        ],
      },
      /aborted: failed-per-second was [\d.]+, must be below 1/,
    ],
  ];
  for (const [what, version, change, why] of bad) {
    it(`of a version ${what} is rolled back`, async () => {
      const application = await deployed(version.replaceAll(".", "-") + what.length);
      application.configure(version, { steps: [{ weight: 50, hold: "20s" }], ...change });
      const { result } = await underLoad(application, () => application.up());
      assert.match(result.error?.message ?? "", why, result.said.join("\n"));
      assert.deepEqual(await application.ask(20), { v1: 20 });
    });
  }

  it("of a version with more errors than its warning, and fewer than fail it, holds for a person", async () => {
    const application = await deployed("warned");
    application.configure("v2-errors-5", {
      steps: [{ weight: 50, hold: "20s" }],
      thresholds: { errorRate: { fail: "10%", warn: "2%" } },
    });
    const { result } = await underLoad(application, () => application.up());
    assert.equal(result.error, undefined);
    assert.ok(
      result.said.some((line) => line.startsWith("held: ") && line.includes("error-rate")),
      result.said.join("\n"),
    );
    assert.equal(await application.weight(), 50);
  });

  it("whose pods never become ready is rolled back at the progress deadline (readiness is simulated)", async () => {
    const application = await deployed("unready");
    application.configure("v2-unready", { steps: soon, progressDeadline: "10s" });
    const { result } = await underLoad(application, () => application.up());
    assert.match(result.error?.message ?? "", /aborted: .*progress/i);
    assert.deepEqual(await application.ask(20), { v1: 20 });
  });

  it("waits for a person at a hold until promoted, and goes on when one promotes", async () => {
    const application = await deployed("manual");
    application.configure("v2", {
      decisions: "manual before 100",
      steps: [
        { weight: 50, hold: "12s" },
        { weight: 100, hold: "0s" },
      ],
    });
    const { result } = await underLoad(application, async () => {
      const waiting = await application.up();
      await promote(application);
      await eventually(async () => assert.equal((await application.rollout()).status?.phase, "Healthy"));
      return waiting;
    });
    assert.equal(result.error, undefined);
    assert.ok(
      result.said.some((line) => line.startsWith("waiting for promotion: manual is at step 1 of 2, weight 50 %")),
      result.said.join("\n"),
    );
    // The router may hear of the last weight a moment after the controller is done.
    await eventually(async () => assert.deepEqual(await application.ask(20), { v2: 20 }));
  });

  it("in flight is changed by no up, preview or refresh, and an edit of anything else is applied", async () => {
    const application = await deployed("inflight");
    const steps = [{ weight: 20, hold: "until promoted" }];
    application.configure("v2", { steps, wait: false });
    const { stack } = application.deployed;
    await underLoad(application, async () => {
      await application.up();
      await eventually(async () => assert.equal(await application.weight(), 20));
      const inFlight = async () => {
        const { status, spec } = await application.rollout();
        const core = sandbox.kubeConfig.makeApiClient(CoreV1Api);
        const selectors = await Promise.all(
          ["inflight", "inflight-canary"].map(
            async (name) => (await core.readNamespacedService({ name, namespace: "inflight" })).spec?.selector,
          ),
        );
        return {
          weight: await application.weight(),
          replicas: spec.replicas,
          selectors,
          step: status?.currentStepIndex,
        };
      };
      const before = await inFlight();
      assert.notDeepEqual(before.selectors[0], before.selectors[1]);

      const preview = await stack.preview();
      assert.deepEqual(preview.changeSummary, { same: 8 });
      const refresh = await stack.refresh();
      assert.deepEqual(refresh.summary.resourceChanges, { same: 8 });
      assert.deepEqual((await application.up()).changes, { same: 8 });
      assert.deepEqual(await inFlight(), before);

      application.configure("v2", { steps, wait: false, thresholds: { errorRate: "2%" } });
      assert.deepEqual((await application.up()).changes, { same: 7, update: 1 });
      assert.match(JSON.stringify(await template(application)), /result\[0\] < 0.02/);
      assert.deepEqual(await inFlight(), before);
    });
  });

  it("that is refused leaves the cluster as it was", async () => {
    const application = await sandbox.application("refused");
    application.configure("v1", {
      replicas: 0,
      steps: [
        { weight: 50, hold: "10s" },
        { weight: 20, hold: "10s" },
      ],
    });
    const { error } = await application.up();
    assert.match(
      error?.message ?? "",
      /canary:replicas = 0: the number of pods of the stable version is a whole number; accepted: 1 to 1000/,
    );
    const services = await sandbox.kubeConfig.makeApiClient(CoreV1Api).listNamespacedService({ namespace: "refused" });
    assert.deepEqual(services.items, []);
  });

  const reference = ({ name }: SandboxApplication) => ({
    group: "argoproj.io",
    version: "v1alpha1",
    namespace: name,
    name,
  });

  /** What `kubectl argo rollouts promote` does. */
  function promote(application: SandboxApplication): Promise<unknown> {
    const body = [{ op: "replace", path: "/status/pauseConditions", value: null }];
    return sandbox.kubeConfig
      .makeApiClient(CustomObjectsApi)
      .patchNamespacedCustomObjectStatus({ ...reference(application), plural: "rollouts", body });
  }

  function template(application: SandboxApplication): Promise<unknown> {
    return sandbox.kubeConfig
      .makeApiClient(CustomObjectsApi)
      .getNamespacedCustomObject({ ...reference(application), plural: "analysistemplates" });
  }
});
