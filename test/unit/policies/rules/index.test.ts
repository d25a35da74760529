import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { ignoredFields } from "../../../../components/declare";
import { type Input, notKnown } from "../../../../policies/objects/input";
import { ObjectSet } from "../../../../policies/objects/objectSet";
import { findingsOf, judge } from "../../../../policies/gate/judge";
import { rules, rulesByRoom } from "../../../../policies/rules";
import type { ReleaseArgs } from "../../../../release/settings";
import { releaseWith } from "../../../support/releases";
import { allFindings, rollout, safeRelease, steps, template } from "../objects";
import { places, replaced } from "../places";

const policies = join(__dirname, "..", "..", "..", "..", "policies");

function objectsOf(change: Partial<ReleaseArgs>): ObjectSet {
  const { objects, owned } = releaseWith(change);
  return new ObjectSet(
    objects.map(({ role, object }) => ({
      object: object as unknown as Input["object"],
      ignoredFields: ignoredFields(role, owned),
    })),
  );
}

describe("the gate", () => {
  const releases: readonly (readonly [string, Partial<ReleaseArgs>])[] = [
    ["with a request rate", {}],
    ["that holds where there is no data", { judgement: { noData: "hold" } }],
    ["that tolerates no failure", { judgement: { failuresTolerated: 0 } }],
    ["with the plan slow", { preset: "slow" }],
    ["with the plan soak", { preset: "soak" }],
  ];
  const traffic = { requestRate: "100/s" };
  for (const [title, change] of releases) {
    it(`warns of nothing but the router and a missing notification in a release of this program ${title}, and sees all of it`, () => {
      const objects = objectsOf({ traffic, ...change });
      const found = rules.flatMap((rule) =>
        allFindings(rule, objects).map(({ kind }) => `${rule.severity}: ${rule.name}: ${kind}`),
      );
      assert.deepEqual(found, ["warning: retired-router: violation", "warning: somebody-told: violation"]);
    });
  }

  it("misses nothing but the request rate in a release of this program with nothing but what it must have", () => {
    const objects = objectsOf({});
    assert.deepEqual(
      rules
        .filter((rule) => allFindings(rule, objects).some(({ kind }) => kind === "not judged"))
        .map(({ name }) => name),
      ["exposure"],
    );
  });

  it("excepts a release of this program from a rule, where its configuration says why and until when", () => {
    const of = (change: Partial<ReleaseArgs>, day = "2026-12-01") => {
      const objects = objectsOf({ preset: "20-50-100", ...change });
      return objects
        .ofKinds(["argoproj.io/Rollout"])
        .flatMap((input) => rules.flatMap((rule) => judge(rule, input, objects, {}, day)))
        .filter(({ rule }) => rule.name === "first-weight")
        .map(({ kind }) => kind);
    };
    const exceptions = { "first-weight": "until 2027-01-31: both teams agreed on larger stages" };
    assert.deepEqual(
      [of({}), of({ exceptions }), of({ exceptions }, "2027-02-01")],
      [["violation"], ["excepted"], ["violation"]],
    );
  });

  it("has a file and examples for each rule, and says of each what is wrong, why, and how to mend it", () => {
    for (const [room, { rules: own }] of Object.entries(rulesByRoom)) {
      const files = own.flatMap(({ name }) => [`${name}.ts`, `${name}.yaml`]);
      assert.deepEqual(readdirSync(join(policies, "rules", room)).sort(), files.sort());
    }
    for (const { name, wrong, why, mend, source } of rules) {
      for (const text of [wrong, why, mend, source]) assert.match(text, /^\S.*\S$/, name);
    }
  });

  it("takes other limits than a rule's own", () => {
    const { object } = rollout({ steps: steps(20, 50) });
    const first = rules.find(({ name }) => name === "first-weight");
    assert.ok(first);
    const found = (limits: Record<string, number>) =>
      findingsOf(first, { object }, new ObjectSet([{ object }]), limits).length;
    assert.deepEqual([found({}), found({ most: 20 }), found({ most: 19 })], [1, 0, 1]);
  });

  it("needs the packages that the program needs, in the same versions", () => {
    const versions = (file: string) =>
      JSON.parse(readFileSync(file, "utf8")) as {
        dependencies: Record<string, string>;
        devDependencies?: Record<string, string>;
      };
    const root = versions(join(policies, "..", "package.json"));
    const all = { ...root.devDependencies, ...root.dependencies };
    for (const [name, version] of Object.entries(versions(join(policies, "package.json")).dependencies))
      assert.equal(version, all[name], name);
  });
});

describe("every rule", () => {
  const kinds = rules.flatMap(({ kinds }) => kinds);
  const typed = fc.constantFrom(...kinds, "Service").map((kind) => {
    const [group, name] = kind.includes("/") ? kind.split("/") : ["", kind];
    return { apiVersion: group ? `${group}/v1` : "v1", kind: name };
  });
  const anything = fc.jsonValue({ maxDepth: 4 });

  it("judges any object without an exception, whatever its fields hold", () => {
    const object = fc
      .tuple(typed, fc.dictionary(fc.string(), anything), anything, anything)
      .map(([type, rest, metadata, spec]) => ({ ...rest, metadata, spec, ...type }));
    fc.assert(
      fc.property(fc.array(object, { maxLength: 4 }), (objects) => {
        const all = new ObjectSet(objects.map((each) => ({ object: each })));
        for (const rule of rules) allFindings(rule, all);
      }),
    );
  });

  it("judges a release with any one value replaced without an exception", () => {
    const release = safeRelease();
    const place = fc.constantFrom(
      ...release.flatMap(({ object }, index) => places(object).map((path) => [index, path] as const)),
    );
    fc.assert(
      fc.property(place, fc.oneof(anything, fc.constant(notKnown)), ([at, path], value) => {
        const inputs = release.map((input, index) =>
          index === at ? { ...input, object: replaced(input.object, path, value) as Input["object"] } : input,
        );
        for (const rule of rules) allFindings(rule, new ObjectSet(inputs));
      }),
      { numRuns: 1000 },
    );
  });

  it("finds no violation in a safe release of which any one value is not known yet", () => {
    const release = safeRelease();
    for (const [at, { object }] of release.entries()) {
      for (const path of places(object).filter(([key]) => key !== "apiVersion" && key !== "kind")) {
        const inputs = release.map((input, index) =>
          index === at ? { ...input, object: replaced(object, path, notKnown) as Input["object"] } : input,
        );
        const found = rules.flatMap((rule) => allFindings(rule, new ObjectSet(inputs)));
        assert.deepEqual(
          found.filter(({ kind }) => kind === "violation"),
          [],
          path.join("."),
        );
      }
    }
  });

  it("judges any condition and any query without an exception", () => {
    const words = fc.constantFrom(
      "result",
      "result[0]",
      "len(",
      "isNaN(",
      "(",
      ")",
      "<",
      "&&",
      "||",
      "!",
      "0.05",
      "or",
      "vector(0)",
      "sum",
      "by",
      "{",
      "}",
      "[5m]",
      ",",
      '"',
      "{{args.x}}",
      "#",
      "all(",
      "[",
      "]",
      "-",
      "rate(",
      "true",
    );
    const text = fc.oneof(
      fc.array(words, { maxLength: 12 }).map((each) => each.join(" ")),
      fc.string(),
    );
    fc.assert(
      fc.property(text, text, text, (successCondition, failureCondition, query) => {
        const all = new ObjectSet([
          template({ successCondition, failureCondition, provider: { prometheus: { query } } }),
          rollout(),
        ]);
        for (const rule of rules) allFindings(rule, all);
      }),
      { numRuns: 1000 },
    );
  });
});
