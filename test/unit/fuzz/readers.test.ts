// What reads the objects of releases finds what is wrong in them: each would be told of a release with that.
import assert from "node:assert/strict";
import { faultsOfRelease } from "../../../fuzz/readers";
import type { ReleaseArgs } from "../../../release/settings";
import { releaseWith } from "../../support/releases";

const segments: ReleaseArgs["segments"] = [
  { name: "staff", when: [{ header: "x-group", prefix: "staff/" }] },
  { name: "beta", when: [{ cookie: "beta", exact: "yes" }] },
];

/** The rules that a release breaks once something in its objects is replaced. */
function broken(change: Partial<ReleaseArgs>, from: string | RegExp, to: string): readonly string[] {
  const release = releaseWith(change);
  const text = JSON.stringify(release.objects);
  const replaced = text.replace(from, to);
  assert.notEqual(replaced, text);
  const faults = faultsOfRelease({ ...release, objects: JSON.parse(replaced) as typeof release.objects });
  return [...new Set(faults.map(({ rule }) => rule))];
}

describe("the readers of a release's objects", () => {
  it("find nothing in what is declared", () => {
    for (const router of ["traefik", "istio", "gateway-api"] as const)
      for (const controller of ["argo-rollouts", "pulumi", "flagger"] as const)
        assert.deepEqual(
          faultsOfRelease(
            releaseWith({ router, controller, ...(controller !== "flagger" && { segments }), replicas: 4 }),
          ),
          [],
        );
  });

  const cases: readonly (readonly [string, Partial<ReleaseArgs>, string | RegExp, string])[] = [
    ["Traefik reads of a rule what the release says", { router: "traefik" }, "shop.example.com", "other.example.com"],
    ["Traefik reads of a rule what the release says", { router: "traefik" }, "PathPrefix(", "Path("],
    ["a router takes each regular expression", { router: "gateway-api", segments }, "staff/", "(staff/"],
    [
      "ingress-nginx takes each annotation",
      { router: "nginx", segments: [{ name: "staff", when: [{ header: "x-group", exact: "staff" }] }] },
      '"staff"',
      '"staff;"',
    ],
    ["Prometheus takes each query", {}, "sum(rate(", "sum(rat("],
    ["Argo Rollouts takes each condition", {}, "len(result) > 0", "len(result >"],
    ["a controller fills in what it knows", {}, "{{args.namespace}}", "{{args.nmespace}}"],
    ["a controller fills in what it knows", { controller: "flagger" }, "{{ namespace }}", "{{ nmespace }}"],
    ["bash takes each script", { controller: "flagger" }, "case $weight in", "cas $weight in"],
  ];
  for (const [rule, change, from, to] of cases) {
    it(`see that not: ${rule}, with ${to}`, () => assert.ok(broken(change, from, to).includes(rule)));
  }

  it("see a % that Envoy would read, and text that a terminal would", () => {
    const sticky = { cookie: "version" };
    const rules = broken(
      { router: "istio", steps: [{ weight: 5, hold: "10m" }], sticky },
      '"set-cookie":"',
      '"set-cookie":"%',
    );
    assert.ok(rules.includes("Envoy reads of a header what the release says"));
    const release = releaseWith();
    const told = faultsOfRelease({ ...release, notices: ["\u001b[31m"] }).map(({ rule }) => rule);
    assert.deepEqual([...new Set(told)], ["the plan is plain text"]);
  });
});
