import assert from "node:assert/strict";
import type { IngressRouteSpec, TraefikServiceSpec } from "../../../../manifests/types/traefik";
import type { ReleaseArgs } from "../../../../release/settings";
import { releaseWith } from "../../../support/releases";

const byHand = (step: number, change: Partial<ReleaseArgs> = {}) =>
  releaseWith({
    router: "traefik",
    controller: "pulumi",
    steps: [
      { mirror: 20, hold: "10m" },
      { weight: 25, hold: "10m" },
    ],
    stableImage: "registry.example.com/shop:1.3.0",
    step,
    ...change,
  });
const byArgo = (change: Partial<ReleaseArgs> = {}) => releaseWith({ router: "traefik", ...change });
type Description = ReturnType<typeof byHand>;
const specOf = ({ objects }: Description, role: "traefik-service" | "ingress-route") =>
  objects.find((described) => described.role === role)?.object.spec;
const service = (description: Description) => specOf(description, "traefik-service") as TraefikServiceSpec;
const routes = (description: Description) =>
  (specOf(description, "ingress-route") as IngressRouteSpec).routes.map(({ match, priority, services }) => ({
    match,
    priority,
    to: services.map(({ kind, name }) => `${kind} ${name}`).join(),
  }));

const base = 'Host("shop.example.com") && PathPrefix("/")';
const segments = [
  { name: "staff", when: [{ header: "X-Group", exact: 'the "staff"' }] },
  {
    name: "north",
    when: [
      { header: "x-region", prefix: "eu-" },
      { cookie: "beta", exact: "a+b" },
    ],
  },
  { name: "bank", gets: "stable", when: [{ header: "x-customer", regex: "bank|trust" }] },
] satisfies ReleaseArgs["segments"];
const always =
  '(Header("x-group", "the \\"staff\\"") || HeaderRegexp("x-region", "^(?:eu-.*)$") && HeaderRegexp("cookie", "^(?:(.*;\\\\s*)?beta=a\\\\+b(\\\\s*;.*)?)$"))';
const never = '(HeaderRegexp("x-customer", "^(?:bank|trust)$"))';
const all = [
  { match: `${base} && ${never}`, priority: base.length, to: "Service shop" },
  { match: `${base} && ${always} && !${never}`, priority: base.length, to: "Service shop-canary" },
  { match: `${base} && !${never} && !${always}`, priority: base.length, to: "TraefikService shop" },
];
const alone = [{ match: base, priority: undefined, to: "TraefikService shop" }];

describe("router traefik: segments", () => {
  it("has a route for each kind, of which no two match a request, at the priority of the host's route", () => {
    assert.deepEqual(routes(byArgo({ segments })), all);
    assert.deepEqual(routes(byHand(2, { segments })), all);
  });

  it("with controller pulumi names the canary while it has a weight, and makes no copies of what never gets it", () => {
    for (const step of [0, 3]) assert.deepEqual(routes(byHand(step, { segments })), alone);
    const mirrored = [all[0], { match: `${base} && !${never}`, priority: base.length, to: "TraefikService shop" }];
    assert.deepEqual(routes(byHand(1, { segments })), mirrored);
  });

  it("leaves the route as it is without segments", () => {
    assert.deepEqual(routes(byArgo()), alone);
    assert.deepEqual(routes(byHand(2)), alone);
  });

  it("changes routes once the canary is ready", () => {
    const roles = byHand(2, { segments }).objects.map(({ role }) => role);
    assert.ok(roles.indexOf("canary-deployment") < roles.indexOf("ingress-route"), roles.join());
  });

  it("says under Argo Rollouts alone that segments meet the aborted version", () => {
    const says = ({ notices }: Description) =>
      notices.some((notice) => notice.includes("after an abort the segments that get the canary (staff, north)"));
    assert.ok(says(byArgo({ segments })));
    assert.ok(!says(byHand(2, { segments })));
  });
});

describe("router traefik: sticky sessions", () => {
  const sticky = { cookie: "version", maxAge: "1h" };
  const cookie = { name: "version", maxAge: 3600, path: "/", httpOnly: true };
  const services = (weight: number) => [
    { name: "shop", port: 80, weight: 100 - weight },
    { name: "shop-canary", port: 80, weight },
  ];

  it("are a cookie beside the weights, while there are two with controller pulumi", () => {
    assert.deepEqual(service(byHand(2, { sticky })), { weighted: { services: services(25), sticky: { cookie } } });
    for (const step of [0, 3])
      assert.deepEqual(service(byHand(step, { sticky })), { weighted: { services: services(0).slice(0, 1) } });
    assert.deepEqual(service(byArgo({ sticky })), { weighted: { services: services(0), sticky: { cookie } } });
  });

  it("have a cookie for TLS alone where the host has it", () => {
    assert.deepEqual(service(byArgo({ sticky, tlsSecret: "shop-tls", path: "/cart" })), {
      weighted: { services: services(0), sticky: { cookie: { ...cookie, path: "/cart", secure: true } } },
    });
  });

  it("leave Argo Rollouts the weights alone, so that a changed cookie is applied", () => {
    assert.deepEqual(
      byArgo({ sticky })
        .owned.filter(({ role }) => role === "traefik-service")
        .map(({ field }) => field),
      ["spec.weighted.services"],
    );
  });
});

describe("router traefik: a mirror", () => {
  it("leads all requests to the stable Service, and copies of a share to the canary's", () => {
    assert.deepEqual(service(byHand(1, { sticky: { cookie: "version" } })), {
      mirroring: { name: "shop", port: 80, mirrors: [{ name: "shop-canary", port: 80, percent: 20 }] },
    });
  });
});
