import assert from "node:assert/strict";
import { wrongTypes } from "../../../../release/metrics/promqlTypes";

describe("the types of a query's parts", () => {
  const right = 'histogram_quantile(0.95, sum by (le) (rate(a_bucket{namespace="shop"}[2m])))';

  it("are found wrong in Prometheus' words", () => {
    assert.equal(wrongTypes(right), undefined);
    assert.match(wrongTypes("sum(rate(a))") ?? "", /expected type matrix/);
  });

  it("are those of the whole query, however slow the machine is", () => {
    const { now } = Date;
    let passed = 0;
    // Each look at the clock finds 25 ms gone, which is longer than an editor reads at once.
    Date.now = () => now() + (passed += 25);
    try {
      assert.equal(wrongTypes(right), undefined);
      assert.match(wrongTypes("sum(rate(a))") ?? "", /expected type matrix/);
    } finally {
      Date.now = now;
    }
  });
});
