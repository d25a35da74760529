import assert from "node:assert/strict";
import fc from "fast-check";
import { atLeast, fewer, mostHits } from "../../../../release/promise/binomial";

/** P(X >= least), summed up from the probabilities of each number of hits. */
function summed(least: number, trials: number, p: number): number {
  let [chance, sum] = [(1 - p) ** trials, 0];
  for (let hits = 0; hits <= trials; hits++) {
    if (hits >= least) sum += chance;
    chance *= ((trials - hits) / (hits + 1)) * (p / (1 - p));
  }
  return sum;
}

/** P(X < least) of Poisson's distribution, summed up likewise. */
function poissonBelow(least: number, mean: number): number {
  let [chance, sum] = [Math.exp(-mean), 0];
  for (let hits = 0; hits < least; hits++) {
    sum += chance;
    chance *= mean / (hits + 1);
  }
  return sum;
}

const near = (actual: number, expected: number, most = 1e-7) => {
  assert.ok(Math.abs(actual - expected) <= most, `${actual}, expected ${expected}`);
};

describe("the binomial distribution", () => {
  const table: [number, number, number, number][] = [
    [0, 10, 0.1, 1],
    [1, 10, 0, 0],
    [11, 10, 0.5, 0],
    [10, 10, 1, 1],
    [1, 10, 0.1, 1 - 0.9 ** 10],
    [10, 10, 0.5, 0.5 ** 10],
    [6, 11, 0.5, 0.5],
  ];
  for (const [least, trials, p, chance] of table) {
    it(`has at least ${least} hits of ${trials} at ${p} with a probability of ${Number(chance.toPrecision(3))}`, () => {
      near(atLeast(least, trials, p), chance, 1e-9);
    });
  }

  it("is the sum of the probabilities of each number", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 0, max: 401 }),
        fc.double({ min: 0.001, max: 0.8, noNaN: true }),
        (trials, least, p) => {
          near(atLeast(least, trials, p), summed(least, trials, p));
        },
      ),
    );
  });

  it("is a probability of a billion trials, too", () => {
    near(atLeast(1e9 * 0.05, 1e9, 0.04), 0);
    near(atLeast(1e9 * 0.05, 1e9, 0.06), 1);
  });

  it("becomes Poisson's distribution", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.double({ min: 0.01, max: 300, noNaN: true }), (least, mean) => {
        near(fewer(least, mean), poissonBelow(least, mean), 2e-3);
      }),
    );
    near(fewer(1, 3), Math.exp(-3), 1e-3);
  });
});

describe("the most hits", () => {
  it("are exceeded no oftener than said, whether hits come at random or of so many trials", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 300, noNaN: true }),
        fc.constantFrom(0.9, 0.999, 0.9995),
        (expected, confidence) => {
          const most = mostHits(expected, confidence);
          assert.ok(1 - poissonBelow(most + 1, expected) <= 1 - confidence + 1e-9, `${most} of ${expected}`);
          const trials = Math.ceil(2 * expected);
          assert.ok(atLeast(most + 1, trials, expected / trials) <= 1 - confidence, `${most} of ${trials}`);
        },
      ),
    );
  });

  it("are not far above what is exceeded by chance", () => {
    for (const [expected, least] of [
      [1, 6],
      [10, 21],
      [100, 135],
      [10_000, 10_332],
    ] as const) {
      const most = mostHits(expected, 0.9995);
      assert.ok(most >= least && most <= 1.1 * least + 3, `${most} of ${expected}`);
    }
  });

  it("are none of none, and endless where they are", () => {
    assert.equal(mostHits(0, 0.999), 0);
    assert.equal(mostHits(Infinity, 0.999), Infinity);
    assert.ok(Number.isFinite(mostHits(1e12, 0.999)));
  });
});
