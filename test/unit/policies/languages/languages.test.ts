// What the controller and Prometheus really answer: each row was compared with theirs.
import assert from "node:assert/strict";
import { parseCondition, type Result } from "../../../../policies/languages/condition";
import { answerWithoutSeries } from "../../../../policies/languages/emptyAnswer";
import { NotParsed } from "../../../../policies/languages/tokens";

describe("a condition of a metric", () => {
  const cases: readonly (readonly [string, Result, boolean | "error"])[] = [
    ["result[0] < 0.05", [0.01], true],
    ["result[0] < 0.05", [NaN], false],
    ["result[0] >= 0.05", [NaN], false],
    ["result[0] < 0.05", [], "error"],
    ["result < 0.05", [0.01], "error"],
    ["result < 0.05", null, "error"],
    ["len(result) > 0 && result[0] < 0.05", [], false],
    ["len(result) == 0 or isNaN(result[0])", [NaN], true],
    ["not (result[0] >= 0.05)", [NaN], true],
    ["!isNaN(result[0]) and result[0] < 0.05", [0.01], true],
    ["isNaN(result)", NaN, true],
    ["default(result, 0) < 0.05", null, true],
    ["default(result, 0) < 0.05", [], "error"],
    ["isNil(result)", null, true],
    ["isNil(result)", [], false],
    ["all(result, {# < 0.05})", [], true],
    ["any(result, # > 0.5)", [0.01, 0.9], true],
    ["asFloat(result[0]) * 100 <= 5", [0.01], true],
    ["result[-1] < 0.5", [0.01, 0.9], false],
    ["result[0] < 0.05 || result[0] > 0.5 && result[0] > 2", [0.01], true],
    ["result", 1, "error"],
  ];
  for (const [text, result, expected] of cases) {
    it(`${text} of ${JSON.stringify(result)} is ${expected}`, () =>
      assert.equal(parseCondition(text).holds(result), expected));
  }

  it("is refused where it is not understood", () => {
    for (const text of [
      "",
      "result[0] <",
      "result.value > 1",
      "now() > 1",
      "result[0] < 0.05)",
      "{{args.condition}}",
      "(".repeat(10_000),
    ]) {
      assert.throws(() => parseCondition(text), NotParsed, text);
    }
  });
});

describe("what a query answers without series", () => {
  const cases: readonly (readonly [string, number | "nothing"])[] = [
    ['requests{app="web}"}', "nothing"],
    ["sum(rate(x[5m])) by (le)", "nothing"],
    ["histogram_quantile(0.95, sum by (le) (rate(x_bucket[5m])))", "nothing"],
    ["sum(x) or vector(0)", 0],
    ["sum(x) / sum(y) or vector(0)", 0],
    ["(sum(x) or vector(0)) / sum(y)", "nothing"],
    ["(sum(x) or vector(0)) / (sum(y) or vector(1))", 0],
    ["100 * (sum(x) or on() vector(0))", 0],
    ["(1 - sum(x) / sum(y)) * 100 or vector(100)", 100],
    ["sum(x) / ignoring(a) group_left(b) sum(y)", "nothing"],
    ["absent(x)", 1],
    ["vector(scalar(x))", NaN],
    ["vector(1) > 2", "nothing"],
    ["vector(1) > bool 2", 0],
    ["vector(1) unless x", 1],
    ["x offset 5m or vector(1)", 1],
    ["-2 ^ 2", -4],
    ["10 - 4 - 3", 3],
  ];
  for (const [query, expected] of cases) {
    it(`${query}: ${expected}`, () => assert.equal(answerWithoutSeries(query), expected));
  }

  it("is refused where it is not understood", () => {
    for (const query of ["", "sum(", "time()", "{{args.query}}", 'label_replace(vector(0), "a", "b", "c", "d")']) {
      assert.throws(() => answerWithoutSeries(query), NotParsed, query);
    }
  });
});
