import assert from "node:assert/strict";
import type { Role } from "../../../../manifests/description";
import type { RolloutSpec } from "../../../../manifests/types/argoRollouts";
import type { DestinationRuleSpec, HttpRoute, VirtualServiceSpec } from "../../../../manifests/types/istio";
import { RefusedRelease } from "../../../../release/settings/refusal";
import type { ReleaseArgs } from "../../../../release/settings";
import { releaseWith } from "../../../support/releases";

const segments = [
  { name: "staff", when: [{ header: "x-group", exact: "staff" }] },
  { name: "beta", when: [{ cookie: "beta", exact: "yes" }] },
  {
    name: "bank",
    gets: "stable",
    when: [
      { header: "X-Customer", prefix: "bank-" },
      { header: "x-region", regex: "eu-.*" },
    ],
  },
] satisfies ReleaseArgs["segments"];
const bank = { "x-customer": { prefix: "bank-" }, "x-region": { regex: "eu-.*" } };
const beta = "(.*;\\s*)?beta=yes(\\s*;.*)?";
const mirrorFirst = [
  { mirror: 20, hold: "10m" },
  { weight: 25, hold: "10m" },
  { weight: 50, hold: "10m" },
];

const described = (change: Partial<ReleaseArgs>) => releaseWith({ router: "istio", steps: mirrorFirst, ...change });
const specOf = <Spec>(role: Role, change: Partial<ReleaseArgs>) =>
  described(change).objects.find((object) => object.role === role)?.object.spec as Spec;
const names = (http: readonly HttpRoute[]) => http.map(({ name }) => name);
const subsetOf = (route: HttpRoute | undefined) => route?.route?.map(({ destination }) => destination.subset);
const cookieOf = (destination: { readonly headers?: HttpRoute["headers"] } | undefined) =>
  destination?.headers?.response.add["set-cookie"];
const refusal = (message: RegExp) => (error: unknown) =>
  error instanceof RefusedRelease && error.refusals.length === 1 && message.test(error.refusals[0] ?? "");

describe("router istio with controller pulumi", () => {
  const at = (step: number, change: Partial<ReleaseArgs> = {}) =>
    specOf<VirtualServiceSpec>("weights", {
      controller: "pulumi",
      step,
      stableImage: "registry.example.com/shop:1.3.0",
      segments,
      ...change,
    }).http;

  it("leads a segment to the canary only while the canary has a weight, and never the others", () => {
    for (const step of [0, 1, 4]) assert.deepEqual(names(at(step)), ["to-stable", "primary"], `step ${step}`);
    for (const step of [2, 3]) assert.deepEqual(names(at(step)), ["to-stable", "to-canary", "primary"], `step ${step}`);
    const [never, always] = at(2);
    assert.deepEqual([never?.match, subsetOf(never)], [[{ headers: bank }], ["stable"]]);
    assert.deepEqual(
      [always?.match, subsetOf(always)],
      [[{ headers: { "x-group": { exact: "staff" } } }, { headers: { cookie: { regex: beta } } }], ["canary"]],
    );
  });

  it("mirrors a share of what the stable version answers, at the step that says so", () => {
    const mirrors = [0, 1, 2, 4].map((step) =>
      at(step)
        .map(({ name, mirror, mirrorPercentage }) => mirror && { name, mirror, mirrorPercentage })
        .filter(Boolean),
    );
    assert.deepEqual(mirrors, [
      [],
      [{ name: "primary", mirror: { host: "shop", subset: "canary" }, mirrorPercentage: { value: 20 } }],
      [],
      [],
    ]);
    assert.deepEqual(
      at(1)
        .at(-1)
        ?.route?.map(({ weight }) => weight),
      [100, 0],
    );
  });

  describe("with a sticky cookie", () => {
    const sticky = { sticky: { cookie: "version", maxAge: "1h" } };
    const cookies = (change: Partial<ReleaseArgs> = {}) =>
      at(2, { ...sticky, ...change })
        .at(-1)
        ?.route?.map(cookieOf);

    it("gives it with each version, and leads who sends it back to that version", () => {
      const [stable = "", canary = ""] = cookies() ?? [];
      assert.match(stable, /^version=stable-[0-9a-f]{8}; Path=\/; Max-Age=3600; HttpOnly; SameSite=Lax$/);
      const http = at(2, sticky);
      assert.deepEqual(names(http), ["to-stable", "to-canary", "stay-stable", "primary"]);
      const gets = (cookie: string) =>
        http.find(({ match }) => match?.some(({ headers }) => matches(headers?.["cookie"], cookie)));
      const sent = (given: string) => `a=b; ${given.split(";")[0]}; c=d`;
      assert.deepEqual([subsetOf(gets(sent(stable))), subsetOf(gets(sent(canary)))], [["stable"], ["canary"]]);
    });

    it("gives and heeds none without a weight, and keeps nobody from the canary at weight 100", () => {
      for (const step of [0, 1, 4]) {
        assert.deepEqual(names(at(step, sticky)), ["to-stable", "primary"]);
        assert.deepEqual(at(step, sticky).at(-1)?.route?.map(cookieOf), [undefined, undefined]);
      }
      const steps = [
        { weight: 25, hold: "10m" },
        { weight: 100, hold: "0s" },
      ];
      assert.deepEqual(names(at(2, { ...sticky, steps })), ["to-stable", "to-canary", "primary"]);
    });

    it("tells one release from the next, and an attempt from the one before", () => {
      const values = [cookies(), cookies({ image: "registry.example.com/shop:1.5.0" }), cookies({ attempt: 2 })].map(
        (pair) => pair?.[1],
      );
      assert.equal(new Set(values).size, 3);
      assert.throws(
        () => at(2, { ...sticky, image: Promise.resolve("registry.example.com/shop:1.5.0") }),
        refusal(/^sticky.cookie = "version": router istio with controller pulumi: .* known later; accepted: /),
      );
    });

    it("keeps a user with a pod of the version by a cookie of its own", () => {
      const { trafficPolicy } = specOf<DestinationRuleSpec>("destination-rule", { controller: "pulumi", ...sticky });
      assert.deepEqual(trafficPolicy.loadBalancer, {
        consistentHash: { httpCookie: { name: "version-pod", path: "/", ttl: "3600s" } },
      });
    });
  });

  it("refuses a segment that names a header twice", () => {
    const twice = [
      {
        name: "both",
        when: [
          { cookie: "a", exact: "1" },
          { cookie: "b", exact: "2" },
        ],
      },
    ];
    assert.throws(
      () => at(2, { segments: twice }),
      refusal(
        /^segments\[0\] = both: router istio with controller pulumi: a match names each header once, and all cookies are one header; accepted: /,
      ),
    );
  });
});

describe("router istio with controller argo-rollouts", () => {
  const canaryOf = (change: Partial<ReleaseArgs> = {}) => specOf<RolloutSpec>("rollout", change).strategy.canary;
  const host = (change: Partial<ReleaseArgs> = {}) => specOf<VirtualServiceSpec>("virtual-service", change).http;
  const toCanary = (change: Partial<ReleaseArgs> = {}) =>
    canaryOf(change).steps.flatMap((step) => ("setHeaderRoute" in step ? step.setHeaderRoute.match : []));

  it("mirrors first, with the pods of the first weight, and judges from then on", () => {
    const { steps, analysis, trafficRouting } = canaryOf();
    assert.deepEqual(steps, [
      { setCanaryScale: { weight: 25 } },
      { setMirrorRoute: { name: "mirror", percentage: 20, match: [{ path: { prefix: "/" } }] } },
      { pause: { duration: "10m" } },
      { setMirrorRoute: { name: "mirror" } },
      { setWeight: 25 },
      { setCanaryScale: { matchTrafficWeight: true } },
      { pause: { duration: "10m" } },
      { setWeight: 50 },
      { pause: { duration: "10m" } },
    ]);
    assert.equal(analysis.startingStep, 2);
    assert.deepEqual(trafficRouting?.managedRoutes, [{ name: "to-canary" }, { name: "mirror" }]);
  });

  it("leads segments to the canary by a step right after the first weight, and the others to the stable version ahead of it", () => {
    const { steps, analysis } = canaryOf({ segments, steps: mirrorFirst.slice(1) });
    assert.deepEqual(steps.slice(0, 3), [
      { setWeight: 25 },
      {
        setHeaderRoute: {
          name: "to-canary",
          match: [
            { headerName: "x-group", headerValue: { exact: "staff" } },
            { headerName: "cookie", headerValue: { regex: beta } },
          ],
        },
      },
      { pause: { duration: "10m" } },
    ]);
    assert.equal(analysis.startingStep, 1);
    const [never, delegated] = host({ segments, path: "/cart" });
    assert.deepEqual([never?.match, subsetOf(never)], [[{ uri: { prefix: "/cart" }, headers: bank }], ["stable"]]);
    assert.equal(delegated?.delegate?.name, "shop-weights");
    assert.deepEqual(names(specOf<VirtualServiceSpec>("weights", { segments }).http), ["primary"]);
  });

  it("keeps who was given a version with it, but for segments that get the canary", () => {
    const sticky = { segments, sticky: { cookie: "version", maxAge: "1h" } };
    const [, stay, delegated] = host(sticky);
    const given = cookieOf(delegated) ?? "";
    assert.match(given, /^version=[0-9a-f]{8}-%UPSTREAM_CLUSTER%; Path=\/; Max-Age=3600; HttpOnly; SameSite=Lax$/);
    const sent = (subset: string) =>
      `a=b; ${given.replace("%UPSTREAM_CLUSTER%", `outbound|80|${subset}|shop.default.svc.cluster.local;`).split(";")[0]}`;
    const [match] = stay?.match ?? [];
    assert.deepEqual(
      [
        matches(match?.headers?.["cookie"], sent("stable")),
        matches(match?.headers?.["cookie"], sent("canary")),
        subsetOf(stay),
      ],
      [true, false, ["stable"]],
    );
    assert.deepEqual(match?.withoutHeaders, { "x-group": { regex: "(staff)" }, cookie: { regex: `(${beta})` } });
    const pin = toCanary(sticky).at(-1)?.headerValue;
    assert.deepEqual([matches(pin, sent("canary")), matches(pin, sent("stable"))], [true, false]);
    assert.equal(
      described(sticky).notices.filter((notice) => notice.startsWith("router istio with controller argo-rollouts: "))
        .length,
      2,
    );
  });

  it("refuses a segment that gets the canary by two headers at once, which controller pulumi can tell", () => {
    const two = [
      {
        name: "both",
        when: [
          { header: "x-a", exact: "1" },
          { header: "x-b", exact: "2" },
        ],
      },
    ];
    assert.throws(
      () => described({ segments: two }),
      refusal(
        /^segments\[0\] = both: router istio with controller argo-rollouts: Argo Rollouts routes by one header at a time; accepted: this release with controller = "pulumi", or without it$/,
      ),
    );
    assert.doesNotThrow(() => described({ segments: two.map((segment) => ({ ...segment, gets: "stable" as const })) }));
  });
});

/** As Envoy compares: the whole value. */
function matches(rule: object | undefined, value: string): boolean {
  return rule !== undefined && "regex" in rule && new RegExp(`^(?:${String(rule.regex)})$`).test(value);
}
