import assert from "node:assert/strict";
import { answersARange, NotPromQL, parseQuery, rangesOf, selectorsOf } from "../../../../release/metrics/promql";

describe("a PromQL query", () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ["", /it is empty/],
    ["sum(", /it ends too early/],
    ['x response_code~"5.*"', /"response_code~"5\.\*"" is not understood/],
    ['sum(rate(x{code=~"5..")[5m]))', /is not understood|ends too early/],
    ["(".repeat(1000), /nested deeper|is not understood|too early/],
    ["x + ".repeat(6000), /longer than 20000 characters/],
  ];
  for (const [query, why] of refused) {
    it(`is refused where it is none: ${query.slice(0, 30)}`, () =>
      assert.throws(
        () => parseQuery(query),
        (error) => error instanceof NotPromQL && why.test(error.message),
      ));
  }

  it("has selectors, with their labels", () => {
    const query =
      'sum(rate(http_requests_total{pod=~"shop-.*",code!="200"}[5m])) / sum({__name__="x", app="shop"}) or vector(0)';
    assert.deepEqual(
      selectorsOf(parseQuery(query)).map(({ metric, matchers }) => [
        metric,
        ...matchers.map(({ label, is, value }) => label + is + value),
      ]),
      [
        ["http_requests_total", "pod=~shop-.*", "code!=200"],
        [undefined, "__name__=x", "app=shop"],
      ],
    );
  });

  it("has ranges", () => {
    assert.deepEqual(rangesOf(parseQuery("rate(x[5m]) / max_over_time(rate(y[1m])[10m:30s])")), ["5m", "10m", "1m"]);
  });

  it("answers a range where nothing makes one sample of it", () => {
    for (const query of ["x[5m]", "(x[5m] offset 1h)", "rate(x[5m])[10m:]"])
      assert.equal(answersARange(parseQuery(query)), true, query);
    for (const query of ["x", "rate(x[5m])", "sum(x) > 1"])
      assert.equal(answersARange(parseQuery(query)), false, query);
  });
});
