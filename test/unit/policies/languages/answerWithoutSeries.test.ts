// What Prometheus really answers: each row was compared with it.
import assert from "node:assert/strict";
import { answerWithoutSeries } from "../../../../policies/languages/answerWithoutSeries";
import { NotParsed } from "../../../../policies/languages/notParsed";

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
