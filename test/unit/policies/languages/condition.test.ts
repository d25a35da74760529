// What the controller really answers: each row was compared with it.
import assert from "node:assert/strict";
import { parseCondition, type Result } from "../../../../policies/languages/condition";
import { NotParsed } from "../../../../policies/languages/notParsed";

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
      `${"all(result, ".repeat(40)}# < 1${")".repeat(40)}`,
      "any(result, {all(result, {# < 1})})",
    ]) {
      assert.throws(() => parseCondition(text), NotParsed, text);
    }
  });
});
