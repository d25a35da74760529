import assert from "node:assert/strict";
import type { ConfiguredException } from "../../../../policies/gate/exceptions";
import { notKnown } from "../../../../policies/objects/input";
import { ObjectSet } from "../../../../policies/objects/objectSet";
import {
  judge,
  judgeAnnotatedExceptions,
  judgeConfiguredExceptions,
  type RuleConfiguration,
} from "../../../../policies/gate/judge";
import { deployment, fewPods } from "../fewPods";

const day = "2026-06-15";
const key = "canary/except.few-pods";
const reason = "moves to the new cluster";

/** What becomes of a Deployment with too few pods, and what is wrong with its exceptions. */
function judged(
  annotations: Readonly<Record<string, unknown>>,
  configuration: RuleConfiguration = {},
  replicas: unknown = 1,
) {
  const input = { object: deployment("web", replicas, annotations) };
  const found = judge(fewPods, input, new ObjectSet([input]), configuration, day);
  return {
    kinds: found.map(({ kind }) => kind),
    found,
    wrong: judgeAnnotatedExceptions(input, [fewPods], day).map(({ field, message }) => `${field}: ${message}`),
  };
}
const configured = (change: Partial<ConfiguredException> = {}) => ({
  exceptions: [{ object: "Deployment shop/web", reason, until: "2026-12-31", ...change }],
});

describe("an exception", () => {
  it("in an annotation excepts the object until its last day, and says why", () => {
    const { found, wrong } = judged({ [key]: `until ${day}: ${reason}` });
    assert.deepEqual(
      found.map(({ kind, exception }) => ({ kind, exception })),
      [{ kind: "excepted", exception: { until: day, reason } }],
    );
    assert.deepEqual(wrong, []);
  });

  it("that has ended excepts nothing, and is a violation itself", () => {
    const { kinds, wrong } = judged({ [key]: `until 2026-06-14: ${reason}` });
    assert.deepEqual(kinds, ["violation"]);
    assert.deepEqual(wrong, [
      `metadata.annotations.${key}: the exception from few-pods ended on 2026-06-14 (${reason})`,
    ]);
  });

  const malformed: readonly (readonly [string, string])[] = [
    ["without an end", reason],
    ["without a reason", "until 2026-12-31"],
    ["with a reason of nine characters", "until 2026-12-31: because I"],
    ["with a reason of blanks", `until 2026-12-31: ${" ".repeat(12)}`],
    ["until a day that no month has", `until 2027-02-30: ${reason}`],
    ["until a day in words", `until Friday: ${reason}`],
  ];
  for (const [title, text] of malformed) {
    it(`${title} excepts nothing, and is a violation itself`, () => {
      const { kinds, wrong } = judged({ [key]: text });
      assert.deepEqual(kinds, ["violation"]);
      assert.match(
        wrong.join("\n"),
        /is no exception; accepted: "until 2027-01-31: <a reason of at least 10 characters>"$/,
      );
    });
  }

  it("from a rule that does not exist is a violation that names the rules", () => {
    assert.match(
      judged({ "canary/except.fewpods": `until 2026-12-31: ${reason}` }).wrong.join("\n"),
      /there is no rule fewpods; accepted: few-pods/,
    );
  });

  it("that is not known yet excepts nothing, and is nothing wrong", () => {
    assert.deepEqual(judged({ [key]: notKnown }).wrong, []);
    assert.deepEqual(judged({ [key]: notKnown }).kinds, ["violation"]);
  });

  it("covers what cannot be judged too", () => {
    assert.deepEqual(judged({ [key]: `until 2026-12-31: ${reason}` }, {}, notKnown).kinds, ["excepted"]);
    assert.deepEqual(judged({}, {}, notKnown).kinds, ["not judged"]);
  });

  const patterns: readonly (readonly [string, boolean])[] = [
    ["Deployment shop/web", true],
    ["Deployment shop/*", true],
    ["* shop/web", true],
    ["D*t*shop*w*b", true],
    ["Deployment shop/web*", true],
    ["Deployment shop/we*eb", false],
    ["*shop*shop*", false],
    ["*", true],
    ["Deployment */web", true],
    ["Deployment shop/we", false],
    ["Deployment shop/we.", false],
    ["Rollout shop/web", false],
    ["shop/web", false],
  ];
  for (const [object, covers] of patterns) {
    it(`configured for "${object}" ${covers ? "covers" : "does not cover"} Deployment shop/web`, () => {
      assert.deepEqual(judged({}, configured({ object })).kinds, [covers ? "excepted" : "violation"]);
    });
  }

  it("that is configured ends as one in an annotation does", () => {
    const over = configured({ until: "2026-06-14" });
    assert.deepEqual(judged({}, over).kinds, ["violation"]);
    assert.deepEqual(
      judgeConfiguredExceptions(fewPods, over, day).map(({ kind, rule, message }) => [kind, rule.name, message]),
      [
        [
          "violation",
          "exceptions",
          `the exception from few-pods ended on 2026-06-14 (${reason}), for Deployment shop/web`,
        ],
      ],
    );
    assert.deepEqual(judgeConfiguredExceptions(fewPods, configured(), day), []);
  });

  it("that is configured holds where the object's own has ended", () => {
    assert.deepEqual(judged({ [key]: `until 2026-06-14: ${reason}` }, configured()).kinds, ["excepted"]);
  });

  it("leaves the limits of its rule as they are configured", () => {
    assert.deepEqual(judged({}, { least: 1 }).kinds, []);
    assert.deepEqual(judged({}, { least: 5, ...configured({ object: "Rollout *" }) }, 4).kinds, ["violation"]);
  });
});
