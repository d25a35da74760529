import assert from "node:assert/strict";
import type { RolloutSpec } from "../../../../manifests/types/argoRollouts";
import { RefusedRelease } from "../../../../release/settings/refusal";
import type { ReleaseArgs } from "../../../../release/settings";
import { refusalsOf, releaseWith } from "../../../support/releases";

type Segments = NonNullable<ReleaseArgs["segments"]>;
const prefix = "nginx.ingress.kubernetes.io/";
const withoutPrefix = (annotations: Readonly<Record<string, string>> = {}) =>
  Object.fromEntries(
    Object.entries(annotations).flatMap(([key, value]) =>
      key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : [],
    ),
  );

const byHand = (step: number, change: Partial<ReleaseArgs>) =>
  releaseWith({
    router: "nginx",
    controller: "pulumi",
    steps: [
      { weight: 25, hold: "10m" },
      { weight: 50, hold: "10m" },
    ],
    stableImage: "registry.example.com/shop:1.3.0",
    step,
    ...change,
  });
const annotationsOf = (role: "ingress" | "canary-ingress", step: number, change: Partial<ReleaseArgs>) =>
  withoutPrefix(byHand(step, change).objects.find((described) => described.role === role)?.object.metadata.annotations);
const byArgo = (change: Partial<ReleaseArgs>) => releaseWith({ router: "nginx", ...change });
const told = (change: Partial<ReleaseArgs>) => {
  const { strategy } = byArgo(change).objects.find(({ role }) => role === "rollout")?.object.spec as RolloutSpec;
  return withoutPrefix(strategy.canary.trafficRouting?.nginx?.canaryIngressAnnotations);
};

const header = (name: string, value: string, gets: "canary" | "stable" = "canary"): Segments[number] => ({
  name: `${gets}-${name.replace("_", "-")}`,
  gets,
  when: [{ header: name, exact: value }],
});
const cookie = (name: string, value: string, gets: "canary" | "stable" = "canary"): Segments[number] => ({
  name: `${gets}-cookie-${name}`,
  gets,
  when: [{ cookie: name, exact: value }],
});

describe("router nginx: segments", () => {
  const meant: [string, Segments, Record<string, string>][] = [
    [
      "a header with a value",
      [header("x-group", "staff")],
      { "canary-by-header": "x-group", "canary-by-header-value": "staff" },
    ],
    [
      "the word always alone, so that never says nothing",
      [header("x-beta", "always")],
      { "canary-by-header": "x-beta", "canary-by-header-value": "always" },
    ],
    [
      "a prefix",
      [{ name: "a", when: [{ header: "x-group", prefix: "a.b/" }] }],
      { "canary-by-header": "x-group", "canary-by-header-pattern": "^(?:a\\.b/.*)$" },
    ],
    [
      "a regular expression, all of it anchored",
      [{ name: "a", when: [{ header: "x-group", regex: "a|b" }] }],
      { "canary-by-header": "x-group", "canary-by-header-pattern": "^(?:a|b)$" },
    ],
    ["a cookie", [cookie("beta", "always")], { "canary-by-cookie": "beta" }],
    [
      "a header and a cookie",
      [header("x-group", "staff"), cookie("beta", "always")],
      { "canary-by-header": "x-group", "canary-by-header-value": "staff", "canary-by-cookie": "beta" },
    ],
    ["a header that keeps from the canary", [header("x-beta", "never", "stable")], { "canary-by-header": "x-beta" }],
    [
      "both words of a header",
      [header("x-beta", "always"), header("x-beta", "never", "stable")],
      { "canary-by-header": "x-beta" },
    ],
    [
      "both words of a cookie",
      [cookie("beta", "always"), cookie("beta", "never", "stable")],
      { "canary-by-cookie": "beta" },
    ],
    [
      "a header that keeps from a cookie's canary",
      [cookie("beta", "always"), header("x-beta", "never", "stable")],
      { "canary-by-header": "x-beta", "canary-by-cookie": "beta" },
    ],
  ];
  const none = {
    "canary-by-header": "",
    "canary-by-header-value": "",
    "canary-by-header-pattern": "",
    "canary-by-cookie": "",
  };
  for (const [what, segments, annotations] of meant) {
    it(`asks for ${what}, while the canary has a weight`, () => {
      assert.deepEqual(annotationsOf("canary-ingress", 1, { segments }), {
        canary: "true",
        "canary-weight": "25",
        ...annotations,
      });
      for (const step of [0, 3])
        assert.deepEqual(annotationsOf("canary-ingress", step, { segments }), { canary: "true", "canary-weight": "0" });
      assert.deepEqual(told({ segments }), { ...none, ...annotations });
    });
  }

  const refused: [string, Segments, RegExp][] = [
    [
      "two things at once",
      [
        {
          name: "a",
          when: [
            { header: "x-a", exact: "1" },
            { cookie: "beta", exact: "always" },
          ],
        },
      ],
      /^segments\[0\] = a: .* one header or one cookie, and cannot ask for 2 things at once/,
    ],
    [
      "two headers",
      [header("x-a", "1"), header("x-b", "1")],
      /^segments\[1\] = canary-x-b: .* room for one header, which the segment before it takes/,
    ],
    [
      "two cookies",
      [cookie("a", "always"), cookie("b", "always")],
      /^segments\[1\] = canary-cookie-b: .* room for one cookie/,
    ],
    [
      "another value of a cookie",
      [cookie("beta", "yes")],
      /^segments\[0\] = canary-cookie-beta: .* by the value "always" alone/,
    ],
    ["another value that gets stable", [header("x-a", "no", "stable")], /by the value "never" alone/],
    [
      "a prefix that gets stable",
      [{ name: "a", gets: "stable", when: [{ header: "x-a", prefix: "never" }] }],
      /by the value "never" alone/,
    ],
    [
      "never beside a value",
      [header("x-a", "staff"), header("x-a", "never", "stable")],
      /^segments\[1\] = stable-x-a: .* beside another value than "always", ingress-nginx does not read "never" in the header x-a/,
    ],
    [
      "never in another header",
      [header("x-a", "always"), header("x-b", "never", "stable")],
      /room for one header, which is x-a/,
    ],
    [
      "never in another cookie",
      [cookie("a", "always"), cookie("b", "never", "stable")],
      /room for one cookie, which is a/,
    ],
    [
      "never in a cookie beside a header",
      [header("x-a", "always"), cookie("b", "never", "stable")],
      /looks at the header of another segment first/,
    ],
    [
      "a value that ingress-nginx does not take",
      [header("x-a", "a=b")],
      /takes letters, digits and -\._~\/: in the value of a header/,
    ],
    ["a pattern that it does not take", [{ name: "a", when: [{ header: "x-a", regex: "a,b" }] }], /in a pattern/],
    ["a name that it does not take", [header("x_a", "1")], /takes letters, digits and - in the name of a header/],
  ];
  for (const [what, segments, message] of refused) {
    it(`refuses ${what}, and names a pair that can`, () => {
      for (const [controller, release] of [
        ["pulumi", () => byHand(1, { segments })],
        ["argo-rollouts", () => byArgo({ segments })],
      ] as const) {
        assert.throws(release, (error) => {
          assert.ok(error instanceof RefusedRelease);
          assert.equal(error.refusals.length, 1);
          assert.match(error.refusals[0] ?? "", message);
          assert.ok(error.refusals[0]?.includes(`: router nginx with controller ${controller}: `), error.refusals[0]);
          assert.match(error.refusals[0] ?? "", /; accepted: this release with router = "/);
          return true;
        });
      }
    });
  }

  it("says where one of ingress-nginx's two words comes with the other", () => {
    const words = (segments: Segments) =>
      byArgo({ segments }).notices.filter((notice) => notice.includes('"always" gets the canary'));
    assert.equal(words([header("x-a", "always")]).length, 0);
    assert.match(words([cookie("beta", "always")]).join(), /in cookie beta/);
    assert.match(words([header("x-a", "never", "stable")]).join(), /in header x-a/);
  });

  it("says under Argo Rollouts alone that segments meet the aborted version", () => {
    const segments = [header("x-a", "always")];
    const says = (notices: readonly string[]) =>
      notices.some((notice) => notice.includes("after an abort the segments that get the canary (canary-x-a)"));
    assert.ok(says(byArgo({ segments }).notices));
    assert.ok(!says(byHand(1, { segments }).notices));
    assert.ok(!says(byArgo({ segments: [header("x-a", "never", "stable")] }).notices));
  });
});

describe("router nginx: sticky sessions", () => {
  const sticky = { cookie: "version", maxAge: "1h" };
  const affinity = { affinity: "cookie", "session-cookie-name": "version", "session-cookie-max-age": "3600" };

  it("keep a user by the main Ingress' cookie; with controller pulumi while the canary has a weight", () => {
    assert.deepEqual(annotationsOf("ingress", 1, { sticky }), affinity);
    for (const step of [0, 3]) assert.deepEqual(annotationsOf("ingress", step, { sticky }), {});
    assert.deepEqual(
      withoutPrefix(byArgo({ sticky }).objects.find(({ role }) => role === "ingress")?.object.metadata.annotations),
      affinity,
    );
  });

  it("are refused beside segments, which ingress-nginx would look at later", () => {
    assert.throws(
      () => byArgo({ sticky, segments: [header("x-group", "staff")] }),
      (error) =>
        error instanceof RefusedRelease &&
        /^sticky\.cookie = "version": .* before it looks at the header or cookie of a segment; accepted: this release with /.test(
          error.refusals.join(),
        ),
    );
  });

  it("are refused for a cookie whose name ingress-nginx takes for a configuration of its own", () => {
    for (const cookie of ["a'b", "a$b", "a`b", "a%b"]) {
      const [refusal = ""] = refusalsOf(() => byArgo({ sticky: { cookie } }));
      assert.ok(
        refusal.startsWith(`sticky.cookie = "${cookie}": router nginx with controller argo-rollouts: `),
        refusal,
      );
      assert.match(refusal, /takes letters, digits and -\._~\/: in the name of a cookie; accepted: /);
    }
  });
});

describe("router nginx: the path", () => {
  it("is refused with characters that ingress-nginx refuses in a path of type Prefix", () => {
    for (const path of ["/a%20b", "/a$b", "/a(b)", "/a=b"]) {
      for (const attempt of [() => byArgo({ path }), () => byHand(1, { path })])
        assert.match(
          refusalsOf(attempt).join(),
          /^path = ".*": router nginx .*: ingress-nginx takes .* -\._\/ in a path/,
        );
    }
    for (const path of ["/", "/a.b/c_d-e/"]) assert.doesNotThrow(() => byArgo({ path }));
  });
});
