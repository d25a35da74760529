import assert from "node:assert/strict";
import fc from "fast-check";
import { leastBetween, leastWhole } from "../../../release/bisection";

describe("the least whole number from which on something holds", () => {
  it("is found wherever it is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e12 }), (wanted) => {
        assert.equal(
          leastWhole((value) => value >= wanted),
          wanted,
        );
      }),
    );
  });

  it("is none above the most, and asks for few numbers to say so", () => {
    const asked: number[] = [];
    assert.equal(
      leastWhole((value) => asked.push(value) < 0, 1000),
      Infinity,
    );
    assert.ok(asked.length < 12 && Math.max(...asked) < 2000, asked.join());
  });
});

it("bisects whole numbers as far as numbers go", () => {
  assert.equal(
    leastWhole((value) => value >= 2 ** 60 + 2 ** 9),
    2 ** 60 + 2 ** 9,
  );
  assert.equal(
    leastWhole(() => false),
    Infinity,
  );
});

describe("the least number between two from which on something holds", () => {
  it("is never too low, and too high by a last half at most", () => {
    fc.assert(
      fc.property(fc.double({ min: 2, max: 5, noNaN: true }), fc.integer({ min: 0, max: 40 }), (wanted, halvings) => {
        const found = leastBetween(2, 5, halvings, (value) => value >= wanted);
        assert.ok(found >= wanted && found - wanted <= 3 / 2 ** halvings, `${found}`);
      }),
    );
  });
});
