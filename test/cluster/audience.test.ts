// Who gets the canary on nginx and traefik, with real requests. Traefik reads ingress-nginx's annotations here;
// readiness and termination of the pods are simulated by kwok.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { ReleaseArgs } from "../../release/settings";
import {
  answeredBy,
  answersUntil,
  assertAllGet,
  assertKept,
  assertSplit,
  assertUnchangedInFlight,
  imageOf,
  newUsers,
  patchRolloutStatus,
  phaseIs,
  succeeds,
} from "../support/audience";
import type { Audience, Given } from "../support/audience";
import { eventually, startSandbox, underLoad, type SandboxApplication, type Sandbox } from "../support/sandbox";

/** `npm test` tries those that Argo Rollouts drives, `npm run test:matrix` all. */
const all = process.env["CANARY_PAIRS"] === "all";

const heldAt25 = [
  { weight: 25, hold: "until promoted" },
  { weight: 100, hold: "10s" },
];
/** What a canary Ingress can ask for. */
const asAnnotations = {
  segments: [
    { name: "beta", when: [{ header: "x-beta", exact: "always" }] },
    { name: "cookie", when: [{ cookie: "beta", exact: "always" }] },
    { name: "careful", gets: "stable", when: [{ header: "x-beta", exact: "never" }] },
  ],
} satisfies Partial<ReleaseArgs>;
const byAnnotations: Audience = {
  canary: [{ "x-beta": "always" }, { cookie: "a=b; beta=always" }],
  stable: [{ "x-beta": "never" }, { "x-beta": "never", cookie: "beta=always" }],
  neither: { "x-beta": "sometimes", cookie: "beta=alwayss" },
};
const asRoutes = {
  segments: [
    { name: "staff", when: [{ header: "x-group", prefix: "staff/" }] },
    {
      name: "north",
      when: [
        { header: "x-region", regex: "eu-(north|west)-[0-9]" },
        { cookie: "beta", exact: "a+b" },
      ],
    },
    { name: "bank", gets: "stable", when: [{ header: "x-customer", exact: "bank" }] },
  ],
} satisfies Partial<ReleaseArgs>;
const byRoutes: Audience = {
  canary: [{ "x-group": "staff/shop" }, { "x-region": "eu-north-1", cookie: "a=b; beta=a+b" }],
  stable: [{ "x-customer": "bank" }, { "x-customer": "bank", "x-group": "staff/shop" }],
  neither: { "x-group": "no staff/", "x-region": "eu-north-12", "x-customer": "bankers", cookie: "beta=aab" },
};

let sandbox: Sandbox;
async function deployed(name: string, change: Partial<ReleaseArgs>): Promise<SandboxApplication> {
  const application = await sandbox.application(name);
  application.configure("v1", change);
  await succeeds(application);
  await eventually(async () => assert.deepEqual(await application.ask(10), { v1: 10 }));
  return application;
}

/** Pods that lost are gone soon after an abort or a promotion. */
const soonGone = { scaleDownDelay: "2s", shutdown: { drain: "3s" } } satisfies Partial<ReleaseArgs>;
const scaledDown = 8000;
const podsGone = (application: SandboxApplication) => phaseIs(application, "Degraded").then(() => sleep(scaledDown));
const weightIs = (application: SandboxApplication, weight: number) =>
  eventually(async () => assert.equal(await application.weight(), weight));

describe("who gets the canary on nginx and traefik", () => {
  before(async function () {
    this.timeout(120_000);
    sandbox = await startSandbox();
  });
  after(() => sandbox.stop());

  describe("router nginx with controller argo-rollouts: segments", function () {
    this.timeout(120_000);
    const release = {
      router: "nginx",
      controller: "argo-rollouts",
      steps: heldAt25,
      wait: false,
      ...soonGone,
      ...asAnnotations,
    } satisfies Partial<ReleaseArgs>;
    let application: SandboxApplication;
    before(async () => {
      application = await deployed("annotated", release);
    });

    it("get the stable version before there is a canary, the canary or never the canary while there is one", async () => {
      await assertAllGet(application, byAnnotations, "v1");
      application.configure("v2", release);
      await underLoad(application, async () => {
        const up = succeeds(application).then(() => weightIs(application, 25));
        assert.deepEqual(await answersUntil(up, application, byAnnotations.canary), ["v1", "v2"]);
        await assertSplit(application, byAnnotations, ["v1", "v2"]);
      });
    });

    it("get the stable version after an abort, once the aborted version's pods are gone, and never the aborted one where they are kept from it", async () => {
      await patchRolloutStatus(sandbox, application, { abort: true });
      assert.deepEqual(await answersUntil(podsGone(application), application, byAnnotations.stable), ["v1"]);
      await assertAllGet(application, byAnnotations, "v1");
    });

    it("are forgotten by the canary Ingress, which Argo Rollouts keeps, when the release has none", async () => {
      application.configure("v3", { ...release, segments: [] });
      await underLoad(application, async () => {
        await succeeds(application);
        await weightIs(application, 25);
        await eventually(async () => {
          for (const headers of [...byAnnotations.canary, ...byAnnotations.stable])
            assert.deepEqual(Object.keys(await application.ask(20, headers)).sort(), ["v1", "v3"]);
        });
      });
    });
  });

  describe("router traefik with controller argo-rollouts: segments and sticky sessions", function () {
    this.timeout(120_000);
    const steps = [
      { weight: 25, hold: "until promoted" },
      { weight: 50, hold: "until promoted" },
      { weight: 100, hold: "10s" },
    ];
    const plain = {
      router: "traefik",
      controller: "argo-rollouts",
      steps,
      wait: false,
      ...soonGone,
    } satisfies Partial<ReleaseArgs>;
    const release = {
      ...plain,
      ...asRoutes,
      sticky: { cookie: "version", maxAge: "1h" },
    } satisfies Partial<ReleaseArgs>;
    const goOn = (application: SandboxApplication) =>
      patchRolloutStatus(sandbox, application, { pauseConditions: null });
    let application: SandboxApplication;
    let before25: readonly Given[];
    let at25: readonly Given[];
    before(async () => {
      application = await deployed("routed", plain);
    });

    it("give a cookie as soon as the release asks for it, though Argo Rollouts owns the weights beside it", async () => {
      application.configure("v1", release);
      await succeeds(application);
      await eventually(async () => {
        before25 = await newUsers(application, 5);
        for (const { user } of before25) assert.ok(user.cookies.has("version"));
      });
      await assertAllGet(application, byRoutes, "v1");
    });

    it("keep every user's version while the weight moves, and move the last to the canary at weight 100", async () => {
      application.configure("v2", release);
      await underLoad(application, async () => {
        const up = succeeds(application).then(() => weightIs(application, 25));
        assert.deepEqual(await answersUntil(up, application, byRoutes.canary), ["v1", "v2"]);
        await assertSplit(application, byRoutes, ["v1", "v2"]);
        at25 = await newUsers(application, 24);
        const given = at25.filter(({ version }) => version === "v2").length;
        assert.ok(given > 0 && given < 24, `${given} of 24 users got the canary`);
        await assertUnchangedInFlight(application);
        await goOn(application);
        await weightIs(application, 50);
        await assertKept([...before25, ...at25]);
        await assertSplit(application, byRoutes, ["v1", "v2"]);
        await goOn(application);
        await weightIs(application, 100);
        await eventually(() => assertKept([...before25, ...at25], "v2"));
        const promoted = phaseIs(application, "Healthy").then(() => sleep(scaledDown));
        assert.deepEqual(await answersUntil(promoted, application, byRoutes.canary), ["v2"]);
        await assertKept([...before25, ...at25], "v2");
        await assertAllGet(application, byRoutes, "v2");
      });
    });

    it("get the stable version after an abort, the segments once the aborted version's pods are gone", async () => {
      application.configure("v3", release);
      await underLoad(application, async () => {
        await succeeds(application);
        await weightIs(application, 25);
        const users = await newUsers(application, 24);
        assert.ok(users.some(({ version }) => version === "v3"));
        await patchRolloutStatus(sandbox, application, { abort: true });
        await weightIs(application, 0);
        await eventually(() => assertKept(users, "v2"));
        assert.deepEqual(
          await answersUntil(podsGone(application), application, [...byRoutes.stable, byRoutes.neither]),
          ["v2"],
        );
        await assertKept(users, "v2");
        await assertAllGet(application, byRoutes, "v2");
      });
    });
  });

  const stepByStep = [
    { router: "nginx", with: "segments", plan: [25, 50], change: asAnnotations, audience: byAnnotations },
    {
      router: "nginx",
      with: "sticky sessions",
      plan: [25, 50],
      change: { sticky: { cookie: "version", maxAge: "1h" } },
    },
    {
      router: "traefik",
      with: "segments, sticky sessions and a mirror",
      mirror: 50,
      plan: [25, 50],
      change: { ...asRoutes, sticky: { cookie: "version", maxAge: "1h" } },
      audience: byRoutes,
    },
  ] as const;
  /** What a measurement looks at, and the scrapes and discovery before it. */
  const measured = 12_000;

  for (const { router, plan, change, ...has } of all ? stepByStep : []) {
    describe(`router ${router} with controller pulumi: ${has.with}`, function () {
      this.timeout(120_000);
      const mirror = "mirror" in has ? [{ mirror: has.mirror, hold: "10s" }] : [];
      const steps = [...mirror, ...plan.map((weight) => ({ weight, hold: "10s" }))];
      const release = { router, controller: "pulumi", steps, wait: false, ...change } satisfies Partial<ReleaseArgs>;
      const audience: Audience | undefined = "audience" in has ? has.audience : undefined;
      const isSticky = "sticky" in change;
      const at25 = mirror.length + 1;
      let application: SandboxApplication;
      let users: readonly Given[] = [];
      before(async () => {
        application = await deployed(`by-hand-${router}-${isSticky ? "sticky" : "segments"}`, release);
      });

      const upTo = async (version: string, stable: string, step: number) => {
        application.configure(version, { ...release, stableImage: imageOf(stable), step });
        await succeeds(application);
      };
      /** Goes to a step while those ask who always get the canary: the versions that answered. */
      const askedUntil = async (version: string, stable: string, step: number) => {
        const up = upTo(version, stable, step);
        return answersUntil(up, application, audience?.canary ?? [{}]);
      };
      const among = (answered: readonly string[], ...versions: string[]) =>
        assert.deepEqual(
          answered.filter((version) => !versions.includes(version)),
          [],
        );

      if (mirror.length > 0) {
        it("mirrors the share that the step says, and answers everybody by the stable version", async () => {
          among(await askedUntil("v2", "v1", 1), "v1");
          if (audience) await assertAllGet(application, audience, "v1");
          const copies = () => answeredBy(sandbox, `namespace="${application.name}",track="canary"`);
          const before = await copies();
          assert.deepEqual(await application.ask(400), { v1: 400 });
          assert.equal((await copies()) - before, 200);
          for (const headers of audience?.stable ?? [])
            assert.deepEqual(await application.ask(20, headers), { v1: 20 });
          assert.equal((await copies()) - before, 200);
        });
      }

      it("gives segments what they are to get, and keeps users while the weight moves", async () => {
        await underLoad(application, async () => {
          if (mirror.length > 0) await sleep(measured);
          among(await askedUntil("v2", "v1", at25), "v1", "v2");
          await eventually(async () => assert.ok(((await application.ask(40))["v2"] ?? 0) > 0));
          if (audience) await assertSplit(application, audience, ["v1", "v2"]);
          if (isSticky) users = await newUsers(application, 24);
          await sleep(measured);
          among(await askedUntil("v2", "v1", at25 + 1), "v2", ...(audience ? [] : ["v1"]));
          await sleep(1000);
          if (audience) await assertSplit(application, audience, ["v1", "v2"]);
          if (isSticky) {
            assert.deepEqual([...new Set(users.map(({ version }) => version))].sort(), ["v1", "v2"]);
            await assertKept(users);
          }
          await sleep(measured);
          among(await askedUntil("v2", "v1", at25 + 2), "v2", ...(audience ? [] : ["v1"]));
        });
        await eventually(() => assertKept(users, "v2"));
        if (audience) await eventually(() => assertAllGet(application, audience, "v2"));
      });

      it("gives everybody the stable version again at step 0, without a failed request", async () => {
        await underLoad(application, async () => {
          if (mirror.length > 0) {
            await upTo("v3", "v2", 1);
            await sleep(measured);
          }
          await upTo("v3", "v2", at25);
          await eventually(async () => assert.ok(((await application.ask(40))["v3"] ?? 0) > 0));
          if (isSticky) users = await newUsers(application, 24);
          among(await askedUntil("v3", "v2", 0), "v2", "v3");
          await eventually(() => assertKept(users, "v2"));
          if (audience) await assertAllGet(application, audience, "v2");
        });
      });
    });
  }
});
