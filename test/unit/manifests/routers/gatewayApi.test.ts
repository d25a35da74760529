import assert from "node:assert/strict";
import type { Role } from "../../../../manifests/description";
import type { HttpRouteMatch, HttpRouteRule, HttpRouteSpec } from "../../../../manifests/types/gatewayApi";
import { RefusedRelease } from "../../../../release/settings/refusal";
import type { ReleaseArgs } from "../../../../release/settings";
import { releaseWith } from "../../../support/releases";

const segments = [
  { name: "staff", when: [{ header: "x-group", prefix: "staff/" }] },
  {
    name: "both",
    when: [
      { header: "x-a", exact: "1" },
      { header: "x-b", regex: "2|3" },
    ],
  },
  { name: "bank", gets: "stable", when: [{ header: "x-customer", exact: "bank" }] },
] satisfies ReleaseArgs["segments"];
const steps = [
  { weight: 25, hold: "10m" },
  { weight: 50, hold: "10m" },
];

const described = (change: Partial<ReleaseArgs>) => releaseWith({ router: "gateway-api", steps, ...change });
const rulesOf = (role: Role, change: Partial<ReleaseArgs>) =>
  (described(change).objects.find((object) => object.role === role)?.object.spec as HttpRouteSpec | undefined)?.rules;
const at = (step: number, change: Partial<ReleaseArgs> = {}) =>
  rulesOf("http-route", {
    controller: "pulumi",
    step,
    stableImage: "registry.example.com/shop:1.3.0",
    segments,
    ...change,
  }) ?? [];
const backends = ({ backendRefs }: HttpRouteRule) => backendRefs.map(({ name }) => name).join(" ");

/** The rule that gets a request, as the Gateway API orders them: by how many headers a match names, then by place. */
function ruleFor(
  rules: readonly HttpRouteRule[],
  request: Readonly<Record<string, string>>,
): HttpRouteRule | undefined {
  const fits = ({ headers = [] }: HttpRouteMatch) =>
    headers.every(({ type, name, value }) =>
      type === "Exact" ? request[name] === value : new RegExp(value).test(request[name] ?? ""),
    );
  const found = rules.flatMap((rule) =>
    rule.matches.filter(fits).map((match) => ({ rule, headers: match.headers?.length ?? 0 })),
  );
  return found.sort((a, b) => b.headers - a.headers)[0]?.rule;
}

describe("router gateway-api with controller pulumi", () => {
  const staff = { "x-group": "staff/shop" };
  const both = { "x-a": "1", "x-b": "3" };
  const asked: [string, Readonly<Record<string, string>>, string][] = [
    ["a segment that gets the canary", staff, "shop-canary"],
    ["a segment with two rules", both, "shop-canary"],
    ["one of the two rules alone", { "x-a": "1" }, "shop shop-canary"],
    ["a prefix in the middle of the value", { "x-group": "no staff/shop" }, "shop shop-canary"],
    ["a regular expression that fits a part of the value", { "x-a": "1", "x-b": "31" }, "shop shop-canary"],
    ["a segment that never gets it", { "x-customer": "bank" }, "shop"],
    ["a segment of each kind", { ...staff, "x-customer": "bank" }, "shop"],
    ["a segment of each kind, whose canary names more headers", { ...both, "x-customer": "bank" }, "shop"],
    ["no segment", {}, "shop shop-canary"],
  ];
  for (const [what, request, expected] of asked) {
    it(`sends ${what} to ${expected.split(" ").join(" and ")}`, () => {
      const rule = ruleFor(at(1), request);
      assert.equal(rule && backends(rule), expected);
    });
  }

  it("leads nothing but a weight of 0 to the canary without a weight", () => {
    for (const step of [0, 3]) assert.deepEqual(at(step).map(backends), ["shop", "shop shop-canary"]);
    for (const step of [0, 3])
      assert.deepEqual(
        at(step)
          .at(-1)
          ?.backendRefs.map(({ weight }) => weight),
        [100, 0],
      );
  });

  it("keeps a user with the version whose cookie he was given, but not a segment that gets the canary", () => {
    const sticky = { sticky: { cookie: "version", maxAge: "1h" } };
    const rules = at(1, sticky);
    const given =
      rules.at(-1)?.backendRefs.map(({ filters }) => filters?.[0]?.responseHeaderModifier.add[0]?.value ?? "") ?? [];
    for (const cookie of given)
      assert.match(cookie, /^version=(stable|canary)-[0-9a-f]{8}; Path=\/; Max-Age=3600; HttpOnly; SameSite=Lax$/);
    const [stable = "", canary = ""] = given.map((cookie) => `a=b; ${cookie.split(";")[0]}`);
    const getsWith = (request: Readonly<Record<string, string>>) =>
      ruleFor(rules, request)?.backendRefs.map(({ name }) => name);
    assert.deepEqual([getsWith({ cookie: stable }), getsWith({ cookie: canary })], [["shop"], ["shop-canary"]]);
    assert.deepEqual(getsWith({ cookie: stable, ...staff }), ["shop-canary"]);
    assert.deepEqual(getsWith({ cookie: canary, "x-customer": "bank" }), ["shop"]);
    assert.deepEqual(at(0, sticky).map(backends), ["shop", "shop shop-canary"]);
  });

  it("mirrors a share to the canary where the Gateway can, and says what the Gateway must have", () => {
    const mirror = { segments: [], steps: [{ mirror: 20, hold: "10m" }, ...steps] };
    assert.deepEqual(at(1, mirror)[0]?.filters, [
      { type: "RequestMirror", requestMirror: { backendRef: { name: "shop-canary", port: 80 }, percent: 20 } },
    ]);
    assert.deepEqual(at(2, mirror)[0]?.filters, undefined);
    const { notices } = described({ controller: "pulumi", ...mirror });
    assert.ok(
      notices.some((notice) => /steps\[0\]\.mirror needs HTTPRouteRequestPercentageMirror/.test(notice)),
      notices.join("\n"),
    );
  });
});

describe("router gateway-api with controller argo-rollouts", () => {
  it("has segments in an HTTPRoute of their own, so that the controller keeps but the weights", () => {
    assert.deepEqual(rulesOf("http-route", { segments })?.map(backends), ["shop shop-canary"]);
    assert.deepEqual(rulesOf("segments-route", { segments })?.map(backends), ["shop", "shop-canary"]);
    assert.equal(rulesOf("segments-route", {}), undefined);
    const { objects, owned } = described({ segments });
    assert.equal(objects.find(({ role }) => role === "segments-route")?.object.metadata.name, "shop-segments");
    assert.ok(owned.every(({ role }) => role !== "segments-route"));
  });

  const refused: [Partial<ReleaseArgs>, RegExp][] = [
    [
      { sticky: { cookie: "version" } },
      /^sticky.cookie = "version": router gateway-api with controller argo-rollouts: .*; accepted: this release with controller = "pulumi", or without it$/,
    ],
    [
      { steps: [{ mirror: 20, hold: "10m" }, ...steps] },
      /^steps\[0\].mirror = 20: router gateway-api with controller argo-rollouts: .*; accepted: this release with controller = "pulumi", or without it$/,
    ],
    [
      {
        segments: [
          {
            name: "twice",
            when: [
              { header: "x-a", prefix: "1" },
              { header: "x-a", prefix: "12" },
            ],
          },
        ],
      },
      /^segments\[0\] = twice: router gateway-api with controller argo-rollouts: a match names each header once/,
    ],
  ];
  for (const [change, message] of refused) {
    it(`refuses ${Object.keys(change).join()}`, () => {
      assert.throws(
        () => described(change),
        (error) => error instanceof RefusedRelease && message.test(error.refusals.join("\n")),
      );
    });
  }
});

describe("router gateway-api: more segments than an HTTPRoute has room for", () => {
  const many = (count: number, headers = 1, gets: "canary" | "stable" = "canary") =>
    Array.from({ length: count }, (_, index) => ({
      name: `${gets}-${index}`,
      gets,
      when: Array.from({ length: headers }, (_, header) => ({ header: `x-${gets}-${header}`, exact: `${index}` })),
    }));
  const cases: [string, ReleaseArgs["segments"], RegExp | undefined][] = [
    ["64 that get the canary", many(64), undefined],
    ["16 headers", many(1, 16), undefined],
    ["8 that do and 7 that never do, with all that are both", [...many(8, 2), ...many(7, 1, "stable")], undefined],
    [
      "8 that do and 8 that never do, with all that are both",
      [...many(8, 2), ...many(8, 1, "stable")],
      /need 72, 80 and 3/,
    ],
    ["17 headers of two segments", [...many(1, 9), ...many(1, 8, "stable")], /need 2, 3 and 17/],
  ];
  for (const [what, given, why] of cases) {
    it(`${why ? "refuses" : "takes"} ${what}`, () => {
      const release = () => described({ controller: "argo-rollouts", segments: given });
      if (why) assert.throws(release, why);
      else assert.doesNotThrow(release);
    });
  }
});
