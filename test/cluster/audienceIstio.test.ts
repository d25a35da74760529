// Who gets the canary on istio and gateway-api, with real requests through Envoy and Traefik. Readiness and termination
// of the pods are simulated by kwok.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { KubernetesObjectApi } from "@kubernetes/client-node";
import type { ReleaseArgs } from "../../release/settings";
import { istioGateway } from "../../sandbox/cluster/istio";
import { gateway } from "../../sandbox/cluster/traefik";
import * as audience from "../support/audience";
import {
  answersUntil,
  assertAllGet,
  assertKept,
  assertSplit,
  newUsers,
  succeeds,
  type Audience,
  type Given,
} from "../support/audience";
import { eventually, startSandbox, type SandboxApplication, type Sandbox } from "../support/sandbox";

/** Only `npm run test:matrix` tries these: Istio is slow to start. */
const all = process.env["CANARY_PAIRS"] === "all";

const segments = [
  { name: "staff", when: [{ header: "x-group", prefix: "staff/" }] },
  { name: "north", when: [{ header: "x-region", regex: "eu-(north|west)-[0-9]" }] },
  { name: "beta", when: [{ cookie: "beta", exact: "a+b" }] },
  {
    name: "bank",
    gets: "stable",
    when: [
      { header: "x-customer", exact: "bank" },
      { cookie: "plan", exact: "gold" },
    ],
  },
] satisfies ReleaseArgs["segments"];
const who: Audience = {
  canary: [
    { "x-group": "staff/shop" },
    { "x-region": "eu-north-1" },
    { cookie: "a=b; beta=a+b" },
    { "x-group": "staff/shop", "x-customer": "bank" },
  ],
  stable: [
    { "x-customer": "bank", cookie: "plan=gold" },
    { "x-customer": "bank", cookie: "plan=gold; a=b", "x-group": "staff/shop" },
  ],
  neither: {
    "x-group": "no staff/",
    "x-region": "eu-north-12",
    "x-customer": "bankers",
    cookie: "beta=aab; plan=gold",
  },
};
/**
 * One more rule than a segment that never gets the canary has: only a router of which we write the matches can ask for
 * two at once.
 */
const withTwo = {
  segments: [
    ...segments,
    {
      name: "three",
      when: [
        { header: "x-a", exact: "1" },
        { header: "x-b", exact: "2" },
        { header: "x-c", regex: "3|4" },
      ],
    },
  ] satisfies ReleaseArgs["segments"],
  who: {
    canary: [...who.canary, { "x-a": "1", "x-b": "2", "x-c": "4" }],
    stable: [...who.stable, { "x-customer": "bank", cookie: "plan=gold", "x-a": "1", "x-b": "2", "x-c": "3" }],
    neither: { ...who.neither, "x-a": "1", "x-b": "2", "x-c": "5" },
  } satisfies Audience,
};
const sticky = { cookie: "version", maxAge: "1h" };
/** The test asks in bursts, and nobody else does. */
const judgement = {
  interval: "1s",
  window: "5s",
  initialDelay: "6s",
  failuresTolerated: 100,
  noData: { pass: "the test asks in bursts" },
  leastRequestRate: "1/h",
} as const;
const scaledDown = 8000;

/** So many of a number of draws, each with the same chance, but once in a million times. */
function isDrawn(count: number, of: number, share: number): boolean {
  return Math.abs(count - of * share) <= 5 * Math.sqrt(of * share * (1 - share));
}

(all ? describe : describe.skip)("who gets the canary on istio and gateway-api", function () {
  this.timeout(240_000);
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await startSandbox(["istio"]);
  });
  after(() => sandbox.stop());

  async function deployed(name: string, release: Partial<ReleaseArgs>): Promise<SandboxApplication> {
    const application = await sandbox.application(
      name,
      release.router === "istio" ? sandbox.cluster.istioRouter : undefined,
    );
    application.configure("v1", release);
    await succeeds(application);
    await eventually(async () => assert.deepEqual(await application.ask(10), { v1: 10 }));
    return application;
  }

  describe("router istio with controller argo-rollouts", () => {
    const steps = [
      { mirror: 50, hold: "until promoted" },
      { weight: 25, hold: "until promoted" },
      { weight: 50, hold: "until promoted" },
    ];
    const release = {
      router: "istio",
      controller: "argo-rollouts",
      gateway: istioGateway,
      steps,
      wait: false,
      segments,
      sticky,
      judgement,
    } satisfies Partial<ReleaseArgs>;
    let application: SandboxApplication;
    let users: readonly Given[];
    const goOn = () => audience.patchRolloutStatus(sandbox, application, { pauseConditions: null });
    const managedRoutes = async () => {
      const api = KubernetesObjectApi.makeApiClient(sandbox.kubeConfig);
      const weights = await api.read({
        apiVersion: "networking.istio.io/v1",
        kind: "VirtualService",
        metadata: { name: `${application.name}-weights`, namespace: application.name },
      });
      return (weights as unknown as { spec: { http: { name: string }[] } }).spec.http.map(({ name }) => name);
    };
    before(async () => {
      application = await deployed("by-argo-istio", release);
    });

    it("gives everybody the stable version before the first weight, and the canary copies", async () => {
      await assertAllGet(application, who, "v1");
      application.configure("v2", release);
      const up = succeeds(application).then(() => audience.waitsAt(application, 0));
      assert.deepEqual(await answersUntil(up, application, who.canary), ["v1"]);
      assert.deepEqual(await managedRoutes(), ["mirror", "primary"]);
      await sleep(1000);
      const hash = (await application.rollout()).status?.currentPodHash;
      const copies = () =>
        audience.answeredBy(sandbox, `namespace="${application.name}",rollouts_pod_template_hash="${hash}"`);
      const before = await copies();
      assert.deepEqual(await application.ask(400), { v1: 400 });
      const count = (await copies()) - before;
      assert.ok(isDrawn(count, 400, 0.5), `${count} copies of 400 requests`);
      for (const headers of who.stable) assert.deepEqual(await application.ask(50, headers), { v1: 50 });
      assert.equal((await copies()) - before, count);
      await audience.assertUnchangedInFlight(application);
    });

    it("gives each segment its version at every weight, and keeps users while it moves", async () => {
      await goOn();
      assert.deepEqual(
        await answersUntil(audience.waitsAt(application, 25), application, [...who.stable, ...who.canary]),
        ["v1", "v2"],
      );
      assert.deepEqual(await managedRoutes(), ["to-canary", "primary"]);
      await sleep(1000);
      await assertSplit(application, who, ["v1", "v2"]);
      const drawn = (await application.ask(400))["v2"] ?? 0;
      assert.ok(isDrawn(drawn, 400, 0.25), `${drawn} of 400`);
      users = await newUsers(application, 40);
      assert.deepEqual([...new Set(users.map(({ version }) => version))].sort(), ["v1", "v2"]);
      await assertKept(users);
      await audience.assertUnchangedInFlight(application);
      await goOn();
      await audience.waitsAt(application, 50);
      await sleep(1000);
      await assertKept(users);
      await assertSplit(application, who, ["v1", "v2"]);
    });

    it("lets a segment ahead of a user's cookie", async () => {
      const stable = users.find(({ version }) => version === "v1")?.user.cookies.get("version");
      const canary = users.find(({ version }) => version === "v2")?.user.cookies.get("version");
      assert.deepEqual(await application.ask(20, { cookie: `version=${stable}; beta=a+b` }), { v2: 20 });
      assert.deepEqual(await application.ask(20, { cookie: `version=${stable}`, "x-group": "staff/shop" }), { v2: 20 });
      assert.deepEqual(await application.ask(20, { cookie: `version=${canary}; plan=gold`, "x-customer": "bank" }), {
        v1: 20,
      });
    });

    it("gives everybody the stable version after an abort, without a failed request, though the canary's pods go", async () => {
      await audience.patchRolloutStatus(sandbox, application, { abort: true });
      const gone = audience.phaseIs(application, "Degraded").then(() => sleep(scaledDown));
      const answered = await answersUntil(gone, application, [...who.stable, ...who.canary, who.neither]);
      assert.deepEqual(
        answered.filter((version) => version !== "v1" && version !== "v2"),
        [],
      );
      assert.deepEqual(await managedRoutes(), ["primary"]);
      await assertAllGet(application, who, "v1");
      await assertKept(users, "v1");
    });

    it("gives everybody the new version after a promotion, and users of the last release are given one anew", async () => {
      application.configure("v3", {
        ...release,
        steps: [
          { weight: 25, hold: "until promoted" },
          { weight: 100, hold: "10s" },
        ],
      });
      await succeeds(application);
      await audience.waitsAt(application, 25);
      await sleep(1000);
      await assertSplit(application, who, ["v1", "v3"]);
      await goOn();
      const promoted = audience.phaseIs(application, "Healthy").then(() => sleep(scaledDown));
      assert.deepEqual(await answersUntil(promoted, application, who.canary), ["v3"]);
      assert.deepEqual(await managedRoutes(), ["primary"]);
      await assertAllGet(application, who, "v3");
      await assertKept(users, "v3");
    });
  });

  const plan = [25, 50].map((weight) => ({ weight, hold: "10s" }));
  const byHand = [
    { router: "istio", gateway: istioGateway, steps: [{ mirror: 50, hold: "10s" }, ...plan] },
    { router: "gateway-api", gateway, steps: plan },
  ] as const;
  for (const { steps, ...pair } of byHand) {
    describe(`router ${pair.router} with controller pulumi`, () => {
      const release = {
        ...pair,
        steps: [...steps],
        controller: "pulumi",
        wait: false,
        segments: withTwo.segments,
        sticky,
        judgement,
      } satisfies Partial<ReleaseArgs>;
      const at25 = steps.length - 1;
      let application: SandboxApplication;
      let users: readonly Given[];
      before(async () => {
        application = await deployed(`by-hand-${pair.router}`, release);
      });

      const upTo = async (version: string, stable: string, step: number) => {
        application.configure(version, { ...release, stableImage: audience.imageOf(stable), step });
        await succeeds(application);
        await sleep(1000);
      };
      /** Goes to a step while those ask who always get the canary: the versions that answered. */
      const askedUntil = (version: string, stable: string, step: number) =>
        answersUntil(upTo(version, stable, step), application, withTwo.who.canary);

      if (at25 === 2) {
        it("mirrors the share that the step says, and answers everybody by the stable version", async () => {
          assert.deepEqual(await askedUntil("v2", "v1", 1), ["v1"]);
          const copies = () => audience.answeredBy(sandbox, `namespace="${application.name}",track="canary"`);
          const before = await copies();
          assert.deepEqual(await application.ask(400), { v1: 400 });
          const count = (await copies()) - before;
          assert.ok(isDrawn(count, 400, 0.5), `${count} copies of 400 requests`);
          for (const headers of withTwo.who.stable) assert.deepEqual(await application.ask(50, headers), { v1: 50 });
          assert.equal((await copies()) - before, count);
        });
      }

      it("gives each segment its version at every weight, and keeps users while it moves", async () => {
        assert.deepEqual(await askedUntil("v2", "v1", at25), ["v1", "v2"]);
        await assertSplit(application, withTwo.who, ["v1", "v2"]);
        const drawn = (await application.ask(400))["v2"] ?? 0;
        assert.ok(isDrawn(drawn, 400, 0.25), `${drawn} of 400`);
        users = await newUsers(application, 40);
        assert.deepEqual([...new Set(users.map(({ version }) => version))].sort(), ["v1", "v2"]);
        await audience.assertUnchangedInFlight(application);
        assert.deepEqual(await askedUntil("v2", "v1", at25 + 1), ["v2"]);
        await assertKept(users);
        await assertSplit(application, withTwo.who, ["v1", "v2"]);
        const stable = users.find(({ version }) => version === "v1")?.user.cookies.get("version");
        assert.deepEqual(await application.ask(20, { cookie: `version=${stable}; beta=a+b` }), { v2: 20 });
      });

      it("gives everybody the new version after the promotion, and at step 0 the stable one, without a failed request", async () => {
        assert.deepEqual(await askedUntil("v2", "v1", at25 + 2), ["v2"]);
        await assertAllGet(application, withTwo.who, "v2");
        for (let step = 1; step <= at25; step++) await upTo("v3", "v2", step);
        users = await newUsers(application, 40);
        assert.ok(users.some(({ version }) => version === "v3"));
        const answered = await askedUntil("v3", "v2", 0);
        assert.deepEqual(
          answered.filter((version) => version !== "v2" && version !== "v3"),
          [],
        );
        await assertAllGet(application, withTwo.who, "v2");
        await assertKept(users, "v2");
      });
    });
  }
});
