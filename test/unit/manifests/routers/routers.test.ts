import assert from "node:assert/strict";
import { possibleWeights } from "../../../../manifests/routers/service";
import type { RolloutSpec } from "../../../../manifests/types/argoRollouts";
import type { VirtualServiceSpec } from "../../../../manifests/types/istio";
import { RefusedRelease } from "../../../../release/settings/refusal";
import { routerNames, type ReleaseArgs, type RouterName } from "../../../../release/settings";
import { refusalsOf, releaseWith } from "../../../support/releases";

/** Steps that every router can give with four replicas. */
const quarters = [
  { weight: 25, hold: "10m" },
  { weight: 50, hold: "10m" },
  { weight: 100, hold: "10m" },
];
const released = (router: RouterName, change: Partial<ReleaseArgs> = {}) =>
  releaseWith({ router, replicas: 4, steps: quarters, ...change });
const rolloutOf = (router: RouterName) =>
  released(router).objects.find(({ role }) => role === "rollout")?.object.spec as RolloutSpec;

const audienceAnnotations = ["header", "header-value", "header-pattern", "cookie"].map(
  (what) => `nginx.ingress.kubernetes.io/canary-by-${what}`,
);

describe("every router under Argo Rollouts", () => {
  for (const router of routerNames) {
    it(`${router}: names as owned only fields of objects that it declares, and that are there`, () => {
      const { objects, owned } = released(router);
      for (const { role, field } of owned) {
        const object = objects.find((described) => described.role === role)?.object;
        const value = field
          .split(".")
          .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], object);
        assert.notEqual(value, undefined, `${role} ${field}`);
      }
    });

    it(`${router}: begins with weight 0 for the canary, in a field of its own`, () => {
      const { objects, weight, owned } = released(router);
      if (router === "service") return assert.equal(weight, undefined);
      assert.ok(weight);
      const holder = objects.find(({ object }) => object.kind === weight.kind && object.metadata.name === weight.name);
      // Argo Rollouts makes the canary's Ingress itself.
      if (router === "nginx") return assert.equal(holder, undefined);
      assert.equal(
        weight.path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], holder?.object),
        0,
      );
      const path = weight.path.join(".");
      assert.ok(
        owned.some(({ role, field }) => role === holder?.role && path.startsWith(field)),
        `${path} of ${holder?.role}`,
      );
    });

    it(`${router}: gives every object the application's labels, and no two one kind and name`, () => {
      const { objects } = released(router);
      const names = objects.map(({ object: { kind, metadata } }) => `${kind}/${metadata.name}`);
      assert.deepEqual([...new Set(names)], names);
      for (const { object } of objects) assert.equal(object.metadata.labels?.["app.kubernetes.io/name"], "shop");
    });
  }

  it("tells the Rollout of the router's objects", () => {
    const routing = Object.fromEntries(
      routerNames.map((router) => [router, rolloutOf(router).strategy.canary.trafficRouting]),
    );
    assert.deepEqual(routing, {
      service: undefined,
      nginx: {
        nginx: {
          stableIngress: "shop",
          canaryIngressAnnotations: Object.fromEntries(audienceAnnotations.map((name) => [name, ""])),
        },
      },
      istio: {
        istio: {
          virtualService: { name: "shop-weights", routes: ["primary"] },
          destinationRule: { name: "shop", stableSubsetName: "stable", canarySubsetName: "canary" },
        },
        managedRoutes: [{ name: "to-canary" }, { name: "mirror" }],
      },
      "gateway-api": { plugins: { "argoproj-labs/gatewayAPI": { httpRoute: "shop", namespace: "default" } } },
      traefik: { traefik: { weightedTraefikServiceName: "shop" } },
    });
  });

  it("sets no delays that need a router's weight where the pods are the split", () => {
    const { stableService, canaryService, scaleDownDelaySeconds, abortScaleDownDelaySeconds } =
      rolloutOf("service").strategy.canary;
    assert.deepEqual(
      [stableService, canaryService, scaleDownDelaySeconds, abortScaleDownDelaySeconds],
      [undefined, undefined, undefined, undefined],
    );
  });
});

describe("router istio", () => {
  const specOf = (role: string, change: Partial<ReleaseArgs> = {}) =>
    released("istio", change).objects.find((described) => described.role === role)?.object.spec as VirtualServiceSpec;

  it("keeps host and path apart from the weights", () => {
    assert.deepEqual(
      specOf("virtual-service", { path: "/cart", gateway: { name: "public", namespace: "istio-system" } }),
      {
        hosts: ["shop.example.com"],
        gateways: ["istio-system/public"],
        http: [{ match: [{ uri: { prefix: "/cart" } }], delegate: { name: "shop-weights", namespace: "default" } }],
      },
    );
    assert.equal(specOf("weights").hosts, undefined);
  });
});

describe("router service", () => {
  it("knows which weights so many pods can give", () => {
    assert.deepEqual(possibleWeights(4), [25, 50, 75, 100]);
    assert.deepEqual(possibleWeights(3), [100]);
    assert.deepEqual(
      possibleWeights(20),
      [5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 100],
    );
  });

  it("refuses a weight between two numbers of pods, and names what it can give", () => {
    assert.throws(
      () =>
        released("service", {
          steps: [
            { weight: 5, hold: "10m" },
            { weight: 50, hold: "10m" },
          ],
        }),
      (error) =>
        error instanceof RefusedRelease &&
        error.refusals.join() ===
          "steps[0].weight = 5: router service splits by pods, and 4 replicas can give 25, 50, 75, 100; accepted: one of these, replicas = 20, or another router",
    );
    assert.doesNotThrow(() => released("service", { replicas: 20, steps: [{ weight: 5, hold: "10m" }] }));
  });
});

describe("a sticky cookie that Envoy would read as a format string", () => {
  const odd = { sticky: { cookie: "50%off", maxAge: "1h" }, path: "/a%20b" };
  const inFlight = { controller: "pulumi", step: 1, stableImage: "registry.example.com/shop:1.3.0" } as const;
  const underFlagger = { controller: "flagger", judgement: { interval: "2m" } } as const;
  const cookies = (router: RouterName, change: Partial<ReleaseArgs>) =>
    JSON.stringify(released(router, { ...odd, ...change }).objects).match(/"50%[^"]*HttpOnly[^"]*"/g) ?? [];

  it("is escaped for Istio, and a value of Envoy's own is not", () => {
    for (const cookie of cookies("istio", inFlight)) assert.match(cookie, /^"50%%off=[-\w]+; Path=\/a%%20b; /);
    for (const cookie of cookies("istio", {}))
      assert.match(cookie, /^"50%%off=\w+-%UPSTREAM_CLUSTER%; Path=\/a%%20b; /);
    assert.deepEqual([cookies("istio", inFlight).length, cookies("istio", {}).length], [2, 1]);
  });

  for (const [router, change, what] of [
    ["gateway-api", inFlight, "50%off"],
    ["gateway-api", { ...inFlight, sticky: { cookie: "version" } }, "/a%20b"],
    ["gateway-api", underFlagger, "50%off"],
    ["istio", underFlagger, "50%off"],
  ] as const) {
    it(`is refused with router ${router} and controller ${change.controller}, for ${what}`, () => {
      const [refusal = "", ...others] = refusalsOf(() => released(router, { ...odd, ...change }));
      assert.ok(refusal.includes(`with a % in "${what}", `), refusal);
      assert.deepEqual(others, []);
    });
  }
});
