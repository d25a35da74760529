// What a release is on Kubernetes, held against the real definitions: a misspelt or misplaced field is refused.
import assert from "node:assert/strict";
import type { KubernetesObject } from "@kubernetes/client-node";
import { routerNames, type ReleaseArgs, type RouterName } from "../../release/settings";
import { startApiServer, type ApiServer } from "../../sandbox/cluster/apiServer";
import { releaseWith } from "../support/releases";

describe("every object of every pair", function () {
  this.timeout(120_000);
  let api: ApiServer;
  before(async () => {
    api = await startApiServer();
    await api.defineKinds();
  });
  after(() => api.stop());

  const validate = (object: KubernetesObject) => api.validate(object);

  const full: Partial<ReleaseArgs> = {
    replicas: 4,
    steps: [
      { weight: 25, hold: "10m" },
      { weight: 50, hold: "until promoted" },
      { weight: 100, hold: "0s" },
    ],
    stableImage: "registry.example.com/shop:1.3.0",
    environment: { LEVEL: "info" },
    command: ["/shop", "serve"],
    mounts: { "/etc/shop": "shop-settings" },
    tlsSecret: "shop-tls",
    attempt: 2,
    judgement: { noData: { pass: "nobody uses it at night" } },
  };
  const scaled = (router: RouterName): Partial<ReleaseArgs> =>
    router === "service"
      ? {}
      : {
          autoscaling: { maxReplicas: 9 },
          smokeTest: { image: "registry.example.com/shop-tests:1.4.0", command: ["all"] },
        };
  for (const router of routerNames) {
    for (const controller of ["argo-rollouts", "pulumi"] as const) {
      it(`router ${router} with controller ${controller} is as the API server's schemas say`, async () => {
        const { objects } = releaseWith({
          ...full,
          ...scaled(router),
          router,
          controller,
          ...(controller === "pulumi" && { step: 1 }),
        });
        for (const { object } of objects) await validate(object as KubernetesObject);
      });
    }
  }

  const underFlagger: Partial<ReleaseArgs> = {
    ...full,
    controller: "flagger",
    steps: [
      { weight: 25, hold: "90m" },
      { weight: 50, hold: "until promoted" },
      { weight: 100, hold: "0s" },
    ],
    autoscaling: { maxReplicas: 9 },
    judgement: { interval: "1h", window: "2m" },
  };
  const bank: ReleaseArgs["segments"] = [
    { name: "bank", gets: "stable", when: [{ header: "x-customer", exact: "bank" }] },
  ];
  const byFlagger: [RouterName, Partial<ReleaseArgs>][] = [
    ["nginx", {}],
    ["traefik", { segments: bank }],
    ["gateway-api", { segments: bank }],
    ["gateway-api", { sticky: { cookie: "version" } }],
    ["istio", { segments: bank, sticky: { cookie: "version" } }],
    [
      "istio",
      {
        steps: [
          { mirror: 20, hold: "1h" },
          { weight: 25, hold: "2h" },
        ],
      },
    ],
  ];
  for (const [router, change] of byFlagger) {
    it(`router ${router} with controller flagger is as the API server's schemas say, with ${Object.keys(change).join(" and ") || "nothing else"}`, async () => {
      const { objects } = releaseWith({ ...underFlagger, router, ...change });
      for (const { object } of objects) await validate(object as KubernetesObject);
    });
  }

  const audience: Partial<ReleaseArgs> = {
    segments: [
      { name: "staff", when: [{ header: "x-group", prefix: "staff/" }] },
      { name: "beta", when: [{ cookie: "beta", exact: "yes" }] },
      {
        name: "bank",
        gets: "stable",
        when: [
          { header: "x-customer", exact: "bank" },
          { header: "x-region", regex: "eu-.*" },
        ],
      },
    ],
    steps: [
      { mirror: 20, hold: "10m" },
      { weight: 25, hold: "10m" },
      { weight: 50, hold: "10m" },
    ],
  };
  const sticky = { sticky: { cookie: "version" } };
  const split: [string, RouterName, Partial<ReleaseArgs>][] = [
    [
      "segments, a cookie and a mirror",
      "istio",
      { ...audience, ...sticky, smokeTest: { webhook: "http://tests.example.com/" } },
    ],
    ["segments, a cookie and a mirror", "istio", { ...audience, ...sticky, controller: "pulumi", step: 1 }],
    ["segments and a cookie", "istio", { ...audience, ...sticky, controller: "pulumi", step: 2 }],
    ["segments", "gateway-api", { segments: audience.segments }],
    ["segments, a cookie and a mirror", "gateway-api", { ...audience, ...sticky, controller: "pulumi", step: 1 }],
    ["segments and a cookie", "gateway-api", { ...audience, ...sticky, controller: "pulumi", step: 2 }],
  ];
  for (const [what, router, change] of split) {
    it(`${what} at step ${change.step ?? 0}, router ${router} with controller ${change.controller ?? "argo-rollouts"}, too`, async () => {
      for (const { object } of releaseWith({ ...full, router, ...change }).objects)
        await validate(object as KubernetesObject);
    });
  }

  it("is held to them: a misspelt field is refused, of each", async () => {
    const objects = routerNames.flatMap(
      (router) => releaseWith({ ...full, ...scaled(router), router, controller: "pulumi", step: 1 }).objects,
    );
    const { objects: withRollout } = releaseWith(full);
    const withCanary = releaseWith({ ...underFlagger, router: "traefik" }).objects.filter(
      ({ object }) => object.spec !== undefined,
    );
    for (const { object } of [...objects, ...withRollout, ...withCanary]) {
      const misspelt = { ...object, spec: { ...(object.spec as object), wieghted: 1 } } as KubernetesObject;
      await assert.rejects(validate(misspelt), /unknown field \\?"spec.wieghted/, object.kind);
    }
  });
});
