// What each controller does when Prometheus has nothing to judge by: manifests/noData.ts holds the table. Readiness and
// termination of the pods are simulated by kwok.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { CoreV1Api, CustomObjectsApi } from "@kubernetes/client-node";
import { describeRelease } from "../../manifests/describe";
import type { ReleaseArgs } from "../../release/settings";
import { demoRelease } from "../../sandbox/demonstration/demoRelease";
import { awaitedOf } from "../../verdict/awaited";
import { connect } from "../../verdict/cluster";
import { releaseOf } from "../../verdict/controllers";
import type { Canary } from "../../verdict/types/flagger";
import { wait } from "../../verdict/wait";
import { eventually, startSandbox, underLoad, type SandboxApplication, type Sandbox } from "../support/sandbox";

const nobody = { pass: "nobody uses it at night" };
const unreachable = { address: "http://127.0.0.1:59999", scrapeInterval: "1s" };

describe("without data", function () {
  this.timeout(300_000);
  let sandbox: Sandbox;

  /**
   * One after the other: the end of one stack's update cancels the commands of all, since they share their providers.
   */
  let lastUp: Promise<unknown> = Promise.resolve();
  function up(
    application: SandboxApplication,
    version: string,
    change: Partial<ReleaseArgs>,
  ): ReturnType<SandboxApplication["up"]> {
    const next = lastUp.then(() => {
      application.configure(version, { ...change, wait: false });
      return application.up();
    });
    lastUp = next;
    return next;
  }

  /**
   * What `pulumi up` would say if it waited for the verdict, and whether that is a good one; users ask meanwhile, if
   * they do, from when the release is applied.
   */
  async function released(
    application: SandboxApplication,
    version: string,
    change: Partial<ReleaseArgs>,
    asked?: "under load",
  ) {
    assert.equal((await up(application, version, change)).error, undefined);
    const verdict = () => verdictOn(application, version, change);
    return asked ? (await underLoad(application, verdict)).result : verdict();
  }

  async function verdictOn(application: SandboxApplication, version: string, change: Partial<ReleaseArgs>) {
    const { name, host } = application;
    const release = describeRelease(
      demoRelease(version, sandbox.cluster.prometheus, { application: name, namespace: name, host, ...change }),
    );
    const awaited = { ...awaitedOf(release), namespace: name };
    const said: string[] = [];
    const say = (line: string) => void said.push(line);
    const code = await wait(awaited, {
      release: releaseOf(awaited, connect(sandbox.kubeConfig, awaited)),
      print: say,
      complain: say,
      now: () => performance.now(),
      sleep,
    });
    return { isGood: code === 0, said: said.join("\n") };
  }

  async function deployed(name: string, change: Partial<ReleaseArgs>): Promise<SandboxApplication> {
    const application = await sandbox.application(name);
    const { isGood, said } = await released(application, "v1", change);
    assert.ok(isGood, said);
    return application;
  }

  /** Those that wait most of the time go on beside one another and the others. */
  const releases = new Map<string, Promise<void>>();
  before(async () => {
    sandbox = await startSandbox(["flagger"]);
    for (const [what, release] of waiting) {
      const running = release();
      running.catch(() => undefined);
      releases.set(what, running);
    }
  });
  after(() => sandbox.stop());

  const steps = [{ weight: 50, hold: "90s" }];
  const judged = (noData: "fail" | "hold" | typeof nobody): Partial<ReleaseArgs> => ({
    judgement: {
      interval: "1s",
      window: "5s",
      initialDelay: "30s",
      failuresTolerated: 2,
      leastRequestRate: "1/s",
      noData,
    },
  });
  const notANumber = [
    {
      name: "not-a-number",
      query: "0 * sum(rate(http_server_request_duration_seconds_count{<canary>}[<window>])) / 0",
      below: 1,
    },
  ];

  it("controller pulumi refuses a raise, where no data fails or holds and where Prometheus does not answer, and raises where it passes", async () => {
    const plan = { controller: "pulumi", steps: [25, 50].map((weight) => ({ weight, hold: "10s" })) } as const;
    const application = await sandbox.application("by-hand");
    assert.equal((await up(application, "v1", plan)).error, undefined);
    const judgement = { interval: "1s", window: "5s", initialDelay: "6s", leastRequestRate: "1/s" };
    const upTo = async (step: number, noData: "fail" | "hold" | typeof nobody, change: Partial<ReleaseArgs> = {}) => {
      const stableImage = demoRelease("v1", sandbox.cluster.prometheus).image as string;
      return (
        await up(application, "v2", { ...plan, step, stableImage, judgement: { ...judgement, noData }, ...change })
      ).error?.message;
    };
    assert.equal(await upTo(1, "fail"), undefined);
    for (const noData of ["fail", "hold"] as const) {
      assert.match(
        (await upTo(2, noData)) ?? "",
        /the canary at step 1 does not keep its thresholds: request-rate has no data, must be at least 1 requests\/s;/,
      );
    }
    assert.match(
      (await upTo(2, nobody, { prometheus: unreachable })) ?? "",
      /prometheus\.address = "http:\/\/127\.0\.0\.1:59999": it does not answer: .*REFUSED/,
    );
    assert.equal(await upTo(2, nobody), undefined);
    await eventually(async () => assert.deepEqual(await application.ask(20), { v1: 10, v2: 10 }));
  });

  const judgement = {
    interval: "10s",
    window: "5s",
    initialDelay: "10s",
    failuresTolerated: 0,
    leastRequestRate: "1/s",
  } as const;
  const pair = (): Partial<ReleaseArgs> => ({
    router: "traefik",
    controller: "flagger",
    loadTester: { url: sandbox.cluster.loadTester },
    steps: [{ weight: 50, hold: "10s" }],
    judgement,
  });
  const reference = ({ name }: SandboxApplication) => ({
    group: "flagger.app",
    version: "v1beta1",
    plural: "canaries",
    namespace: name,
    name,
  });
  const phase = async (application: SandboxApplication, expected: string) => {
    const { status } = (await sandbox.kubeConfig
      .makeApiClient(CustomObjectsApi)
      .getNamespacedCustomObject(reference(application))) as Canary;
    assert.equal(status?.phase, expected);
  };
  /** A gate of this name is, or was, closed. */
  const wasHeldBy = async ({ name }: SandboxApplication, gate: string) => {
    const { items } = await sandbox.kubeConfig.makeApiClient(CoreV1Api).listNamespacedEvent({ namespace: name });
    const said = items.map(({ message = "" }) => message);
    assert.ok(
      said.some((message) => message.endsWith(`waiting for traffic increase approval ${gate}`)),
      said.join("\n"),
    );
  };

  const waiting: readonly [string, () => Promise<void>][] = [
    [
      "argo-rollouts rolls back on NaN beside enough requests, or holds",
      async () => {
        const application = await deployed("not-a-number", {});
        const failed = await released(
          application,
          "v2",
          { steps, metrics: notANumber, ...judged("fail") },
          "under load",
        );
        assert.match(failed.said, /^aborted: not-a-number had no data, must be below 1 /m);
        const held = await released(application, "v3", { steps, metrics: notANumber, ...judged("hold") }, "under load");
        assert.match(held.said, /^held: not-a-number had no data/m);
        assert.deepEqual([failed.isGood, held.isGood], [false, true]);
      },
    ],
    [
      "argo-rollouts rolls back where Prometheus does not answer, although no data passes",
      async () => {
        const application = await deployed("unreachable", {});
        const { said } = await released(application, "v2", { steps, prometheus: unreachable, ...judged(nobody) });
        assert.match(said, /^aborted: .* could not be measured \(5 of 5 tries failed\): .*refused/m);
        assert.deepEqual(await application.ask(20), { v1: 20 });
      },
    ],
    [
      "flagger holds through its gate, then for a warning, and goes on when a person opens the gate",
      async () => {
        const application = await deployed("held", pair());
        const { name } = application;
        const { isGood, said } = await released(application, "v2-errors-5", {
          ...pair(),
          thresholds: { errorRate: { fail: "15%", warn: "2%" } },
          judgement: { ...judgement, noData: "hold" },
        });
        assert.match(said, /^held: request-rate must have data, and be at least 1 requests\/s$/m);
        assert.match(said, /\/gate\/open$/m);
        assert.ok(isGood);
        await underLoad(application, async () => {
          await eventually(() => wasHeldBy(application, "error-rate"), 60);
          assert.equal(await application.weight(), 50);
          await phase(application, "Progressing");
          await fetch(`${sandbox.cluster.loadTester}/gate/open`, {
            method: "POST",
            body: JSON.stringify({ name, namespace: name }),
          });
          await eventually(() => phase(application, "Succeeded"), 60);
        });
      },
    ],
    [
      "flagger holds through its gate, and goes on by itself when users come",
      async () => {
        const application = await deployed("asked-late", pair());
        assert.equal(
          (await up(application, "v2", { ...pair(), judgement: { ...judgement, noData: "hold" } })).error,
          undefined,
        );
        await eventually(() => wasHeldBy(application, "request-rate"), 90);
        assert.equal(await application.weight(), 50);
        await underLoad(application, () => eventually(() => phase(application, "Succeeded"), 80));
        assert.deepEqual(await application.ask(20), { v2: 20 });
      },
    ],
    [
      "flagger rolls back, also where no data passes and Prometheus does not answer; and goes on where it passes",
      async () => {
        const application = await deployed("unasked", pair());
        const failed = await released(application, "v2", { ...pair(), judgement: { ...judgement, noData: "fail" } });
        assert.match(
          failed.said,
          /^aborted: request-rate had no data, must be at least 1 requests\/s \(1 failed check\)$/m,
        );
        const unmeasured = await released(application, "v3", {
          ...pair(),
          prometheus: unreachable,
          judgement: { ...judgement, noData: nobody },
        });
        assert.match(unmeasured.said, /^aborted: error-rate could not be measured \(1 failed check\): .*refused/m);
        const { isGood, said } = await released(application, "v4", {
          ...pair(),
          judgement: { ...judgement, noData: nobody },
        });
        assert.ok(isGood, said);
        assert.deepEqual(await application.ask(20), { v4: 20 });
      },
    ],
    [
      "flagger rolls back when nobody asks any more in a later step, where no data holds and then fails",
      async () => {
        const application = await deployed("left-alone", pair());
        const change: Partial<ReleaseArgs> = {
          ...pair(),
          steps: [
            { weight: 25, hold: "10s" },
            { weight: 50, hold: "30s" },
          ],
          judgement: { ...judgement, noData: "hold, then fail" },
        };
        assert.equal((await up(application, "v2", change)).error, undefined);
        await underLoad(application, () => eventually(async () => assert.equal(await application.weight(), 50), 90));
        const { said } = await verdictOn(application, "v2", change);
        assert.match(said, /^aborted: request-rate had no data, must be at least 1 requests\/s \(1 failed check\)$/m);
        assert.deepEqual(await application.ask(20), { v1: 20 });
      },
    ],
  ];
  for (const [what] of waiting) it(`controller ${what}`, () => releases.get(what));
});
