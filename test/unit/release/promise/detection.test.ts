import assert from "node:assert/strict";
import fc from "fast-check";
import { atLeast, fewer } from "../../../../release/promise/binomial";
import type { Circumstances } from "../../../../release/promise/worstCase";
import { abortedByChance, holdToSee, power, smallestSeen } from "../../../../release/promise/detection";
import { analysisOf, circumstances, plans, rising, runs, simulate } from "../../../support/analysis";

type Told = Parameters<typeof circumstances>[0];
const told: Told = plans["the preset fast"];
const fast = circumstances(told);

/**
 * The share of simulated releases that are aborted before a step is over, whose version fails a share of its requests
 * from there on.
 */
function detected(plan: Told, step: number, share: number): number {
  const upToStep = { ...plan, steps: plan.steps.slice(0, step + 1) };
  return simulate(analysisOf(upToStep, step, share), runs).filter(({ aborted }) => aborted).length / runs;
}

/** As far as chance may take a share that was counted in the simulated releases, but once in a million. */
const chance = (share: number, of = runs) => 5 * Math.sqrt(Math.max(share * (1 - share), 2 / of) / of);

describe("the smallest share that a step sees", () => {
  const enoughRequests = ["the demonstration with longer holds", "the preset fast", "no failure tolerated"] as const;
  for (const name of [
    ...enoughRequests,
    "the preset fast with few requests",
    "a window shorter than the interval",
  ] as const) {
    it(`is seen in the step's own time: ${name}`, () => {
      plans[name].steps.forEach((_, step) => {
        const sees = smallestSeen(circumstances(plans[name]), step);
        assert.ok(sees !== undefined, `step ${step + 1}`);
        assert.ok(detected(plans[name], step, sees) >= power - chance(power), `step ${step + 1}: ${sees}`);
      });
    });
  }

  for (const name of enoughRequests) {
    it(`is not seen at half of it: ${name}`, () => {
      const last = plans[name].steps.length - 1;
      const sees = smallestSeen(circumstances(plans[name]), last) ?? NaN;
      assert.ok(detected(plans[name], last, sees / 2) < 0.5, `${sees / 2}`);
    });
  }

  it("is above the threshold, and nears it with more requests", () => {
    const few = smallestSeen({ ...fast, requestRate: 5 }, 0) ?? NaN;
    const many = smallestSeen({ ...fast, requestRate: 5000 }, 0) ?? NaN;
    assert.ok(few > 0.1 && many > fast.threshold && many < 1.05 * fast.threshold, `${few} and ${many}`);
  });

  it("is none where a step has no time for the measurements that it takes", () => {
    assert.equal(smallestSeen({ ...fast, steps: rising(100, 5, 25) }, 1), undefined);
    assert.equal(
      smallestSeen(
        {
          ...fast,
          steps: [
            { weight: 10, hold: 600 },
            { weight: 100, hold: 0 },
          ],
        },
        1,
      ),
      undefined,
    );
    assert.equal(smallestSeen({ ...fast, interval: 3600, schedule: { ...fast.schedule, every: 3601 } }, 0), undefined);
  });

  it("is seen by a hold that is long enough for it, and by no shorter one", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.06, max: 1, noNaN: true }),
        fc.constantFrom(2, 20, 200),
        fc.integer({ min: 0, max: 3 }),
        (share, requestRate, step) => {
          const plan: Circumstances = { ...fast, requestRate };
          const hold = holdToSee(plan, step, share);
          assert.ok(hold !== undefined);
          const sees = (seconds: number) =>
            smallestSeen(
              { ...plan, steps: plan.steps.with(step, { weight: plan.steps[step]?.weight ?? 0, hold: seconds }) },
              step,
            ) ?? Infinity;
          assert.ok(
            sees(hold) <= share + 0.0005 && sees(hold - 1) > share - 0.0005,
            `${hold}: ${sees(hold)} and ${sees(hold - 1)}`,
          );
        },
      ),
      { numRuns: 30 },
    );
    assert.equal(holdToSee({ ...fast, requestRate: 1 / 3600 }, 0, 0.1), undefined);
    assert.equal(holdToSee(fast, 0, 0.05), undefined);
  });
});

describe("a healthy version that is taken back by chance", () => {
  /** The shortest time between two measurements is that of a Prometheus that answers at once. */
  const atOnce = { query: 0, controller: 3, router: 2 };
  const disjoint: Told = plans["a window shorter than the interval"];

  it("is one of which more than the tolerated measurements fail, in closed form where windows do not overlap", () => {
    const plan = circumstances({ ...disjoint, steps: [{ weight: 10, hold: 3600 }], requestRate: 20 });
    // Windows of 40 s with four scrapes see 30 s; the first is at 33 s, and then one a minute.
    const fails = atLeast(3, 60, 0.01);
    for (const failuresTolerated of [0, 1, 3]) {
      const expected = atLeast(failuresTolerated + 1, 60, fails);
      assert.ok(Math.abs(abortedByChance({ ...plan, failuresTolerated }, 0.01) - expected) < 1e-9, `${expected}`);
    }
  });

  it("is not one of which a measurement is equal to the threshold, where that passes", () => {
    const plan = circumstances({
      ...disjoint,
      steps: [{ weight: 10, hold: 3600 }],
      requestRate: 20,
      equalFails: false,
    });
    // Three errors of 60 requests are the threshold.
    const expected = atLeast(plan.failuresTolerated + 1, 60, atLeast(4, 60, 0.01));
    assert.ok(Math.abs(abortedByChance(plan, 0.01) - expected) < 1e-9, `${expected}`);
  });

  const table: [keyof typeof plans, number][] = [
    ["a window shorter than the interval", 0.01],
    ["a window shorter than the interval", 0.02],
    ["no failure tolerated", 0.01],
    ["the preset fast", 0.03],
    ["the preset fast with few requests", 0.005],
    ["the demonstration with longer holds", 0.02],
  ];
  for (const [name, errorRate] of table) {
    it(`is as frequent as in simulated releases with ${errorRate} of errors: ${name}`, () => {
      const aborted = (atRandom: boolean) =>
        simulate(analysisOf(plans[name], 0, errorRate, { atRandom, lags: atOnce }), runs).filter((each) => each.aborted)
          .length / runs;
      const counted = [aborted(true), aborted(false)];
      const expected = abortedByChance(circumstances(plans[name]), errorRate);
      const [least, most] = [Math.min(...counted), Math.max(...counted)];
      assert.ok(
        expected >= 0.6 * least - chance(least) && expected <= 1.5 * most + chance(most),
        `${expected}, counted ${counted.join(" and ")}`,
      );
    });
  }

  const rates: [keyof typeof plans, number, number][] = [
    ["the preset fast", 0.1, 2.4],
    ["the preset fast", 0.1, 3.5],
    ["the preset fast", 0.1, 10],
    ["a window shorter than the interval", 0.1, 3],
    ["a window shorter than the interval", 0.1, 5],
  ];
  for (const [name, leastRequestRate, requestRate] of rates) {
    it(`is as frequent as in simulated releases where ${requestRate} requests/s of all users are few: ${name}`, () => {
      const plan = { ...plans[name], requestRate };
      const counted =
        simulate(analysisOf(plan, 0, 0, { atRandom: true, lags: atOnce, leastRequestRate }), runs).filter(
          ({ aborted }) => aborted,
        ).length / runs;
      const expected = abortedByChance({ ...circumstances(plan), leastRequestRate }, 0, 0);
      assert.ok(
        expected >= 0.6 * counted - chance(counted) && expected <= 1.5 * counted + chance(counted),
        `${expected}, counted ${counted}`,
      );
    });
  }

  const bothReasons: [keyof typeof plans, number, number, number][] = [
    ["the preset fast", 0.1, 3, 0.01],
    ["the preset fast with few requests", 0.02, 2, 0.005],
    ["a window shorter than the interval", 0.1, 6, 0.003],
  ];
  for (const [name, leastRequestRate, requestRate, errorRate] of bothReasons) {
    it(`is as frequent as in simulated releases where failures of all metrics count together: ${name}`, () => {
      const plan = { ...plans[name], requestRate };
      const analysis = analysisOf(plan, 0, errorRate, {
        atRandom: true,
        lags: atOnce,
        leastRequestRate,
        together: true,
      });
      const counted = simulate(analysis, runs).filter(({ aborted }) => aborted).length / runs;
      const told = { ...circumstances(plan), leastRequestRate };
      const expected = abortedByChance(told, errorRate, 0, "all metrics together");
      assert.ok(
        expected >= 0.6 * counted - chance(counted) && expected <= 1.5 * counted + chance(counted),
        `${expected}, counted ${counted}`,
      );
    });
  }

  it("adds up the failures of all metrics in closed form where windows do not overlap", () => {
    const plan = {
      ...circumstances({ ...disjoint, steps: [{ weight: 10, hold: 3600 }], requestRate: 20 }),
      leastRequestRate: 1.5,
    };
    const fails = atLeast(3, 60, 0.01) + fewer(45, 60);
    const expected = atLeast(plan.failuresTolerated + 1, 60, fails);
    const found = abortedByChance(plan, 0.01, 0, "all metrics together");
    assert.ok(Math.abs(found - expected) < 1e-9, `${found}, expected ${expected}`);
  });

  it("is none for too few requests where these hold for a person, and sure where a step cannot have enough", () => {
    const few = { ...fast, requestRate: 1 / 60, leastRequestRate: 0.1 };
    assert.deepEqual(
      [0, 1, Infinity].map((from) => abortedByChance(few, 0, from)),
      [1, 1, 0],
    );
  });

  it("is more frequent in a longer soak, since failures count over the whole analysis", () => {
    for (const plan of [fast, circumstances(disjoint)]) {
      const soak = (hold: number) =>
        abortedByChance({ ...plan, steps: [{ weight: 5, hold }] }, plan === fast ? 0.025 : 0.002);
      assert.ok(
        soak(3600) < 0.5 * soak(6 * 3600) && soak(6 * 3600) < soak(24 * 3600),
        `${soak(3600)}, ${soak(6 * 3600)}, ${soak(24 * 3600)}`,
      );
    }
  });

  it("is none without errors, all of them far above the threshold, and the same each time", () => {
    for (const plan of [fast, circumstances(disjoint)]) {
      assert.equal(abortedByChance(plan, 0), 0);
      assert.ok(abortedByChance(plan, 0.5) > 0.999);
      assert.equal(abortedByChance(plan, 0.03), abortedByChance(plan, 0.03));
    }
  });
});
