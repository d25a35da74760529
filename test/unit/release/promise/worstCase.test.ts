import assert from "node:assert/strict";
import fc from "fast-check";
import { atLeast, mostHits } from "../../../../release/promise/binomial";
import {
  confidence,
  exposure,
  failing,
  type Circumstances,
  type Exposure,
} from "../../../../release/promise/worstCase";
import {
  analysisOf,
  circumstances,
  plans,
  rate,
  rising,
  runs,
  simulate,
  type Outcome,
} from "../../../support/analysis";

const fast = circumstances(plans["the preset fast"]);

/**
 * As many as come by chance, but once in a million, where each of the runs breaks a promise with the doubt that it
 * allows.
 */
function mostBroken(): number {
  let most = 0;
  while (atLeast(most + 1, runs, 1 - confidence) > 1e-6) most++;
  return most;
}

function assertKept({ seconds, badRequests }: Exposure, outcomes: readonly Outcome[], what: string): void {
  const broken = outcomes.filter(
    (outcome) => (seconds !== undefined && outcome.seconds > seconds) || outcome.badRequests > badRequests,
  );
  assert.ok(
    broken.length <= mostBroken(),
    `${what}: ${seconds} s and ${badRequests} are broken ${broken.length} times, as by ${JSON.stringify(broken[0])}`,
  );
}

const percentile = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.ceil(confidence * values.length) - 1] ?? NaN;

describe("the worst case of a fault", () => {
  for (const [name, told] of Object.entries(plans)) {
    it(`is kept to by simulated releases: ${name}`, () => {
      const plan = circumstances(told);
      told.steps.forEach((_, step) => {
        for (const [share, atRandom] of [
          [0.06, true],
          [0.2, step % 2 === 0],
          [1, step % 2 === 1],
        ] as const) {
          const worst = exposure(plan, step, share);
          const outcomes = simulate(analysisOf(told, step, share, { atRandom, slow: share > 0.06 }), runs);
          assertKept(worst, outcomes, `${share} from step ${step + 1}`);
          const measured = percentile(outcomes.map(({ seconds }) => seconds));
          if (worst.seconds !== undefined && share >= 0.2)
            assert.ok(
              measured >= worst.seconds / 3,
              `${share} from step ${step + 1}: ${worst.seconds} s are promised, and ${measured} s needed`,
            );
        }
      });
    });
  }

  it("holds for lower rates of requests than declared, at which a later step sees the fault", () => {
    const told = {
      ...plans["the preset fast"],
      steps: [
        { weight: 1, hold: 210 },
        { weight: 100, hold: 600 },
      ],
      requestRate: 500,
    };
    const { badRequests } = exposure(circumstances(told), 0, 0.2);
    for (const requestRate of [100, 20, 15, 2]) {
      assertKept(
        { badRequests },
        simulate(analysisOf({ ...told, requestRate }, 0, 0.2, { atRandom: true }), runs),
        `${requestRate} requests/s`,
      );
    }
  });

  it("holds for a canary of several pods, whose counters begin one by one", () => {
    for (const step of [0, 3]) {
      for (const share of [0.2, 1]) {
        assertKept(
          exposure(fast, step, share),
          simulate(analysisOf(plans["the preset fast"], step, share, { pods: 4 }), runs / 4),
          `${share} from step ${step + 1}`,
        );
      }
    }
  });

  it("counts the requests of a weight that failed measurements hold for longer, where it is not surely seen", () => {
    const short = { ...fast, steps: rising(20, 5, 50), requestRate: 100 };
    const [plain, held] = [undefined, 40].map((heldLonger) =>
      exposure({ ...short, schedule: { ...short.schedule, ...(heldLonger && { heldLonger }) } }, 1, 1),
    );
    assert.equal(plain?.seconds, undefined);
    const longer = (held?.badRequests ?? 0) - (plain?.badRequests ?? 0);
    assert.ok(longer >= 0.5 * 40 * 100 && longer < 0.5 * 40 * 100 * 1.1, `${longer} more`);
  });

  it("takes as long as the tolerated measurements where all requests fail", () => {
    const { every, untilBack } = fast.schedule;
    for (const failuresTolerated of [0, 1, 2, 5]) {
      // Two scrapes, and at the latest an interval later the first of the measurements that fail.
      const least = 2 * fast.scrapeInterval + (failuresTolerated + 1) * every + untilBack;
      const { seconds = NaN } = exposure({ ...fast, failuresTolerated, requestRate: 1000 }, 1, 1);
      assert.ok(seconds >= least && seconds < least + 2, `${seconds}, expected ${least}`);
    }
  });

  it("counts a measurement equal to the threshold as the controller does", () => {
    for (const [requests, threshold, equal] of [
      [20, 0.05, 1],
      [100, 0.07, 7],
      [60, 0.1, 6],
    ] as const) {
      assert.equal(failing(requests, { threshold, equalFails: true }), equal);
      assert.equal(failing(requests, { threshold, equalFails: false }), equal + 1);
      assert.equal(failing(requests + 1, { threshold, equalFails: true }), equal + 1);
      assert.equal(failing(requests + 1, { threshold, equalFails: false }), equal + 1);
    }
    // A window with 20 requests at each weight of 1 %, where one error more is much.
    const told = { ...plans["the preset fast"], steps: rising(3600, 1), requestRate: 20 / 0.9, equalFails: false };
    const worst = exposure(circumstances(told), 0, 0.2);
    assert.ok((worst.seconds ?? 0) > (exposure(circumstances({ ...told, equalFails: true }), 0, 0.2).seconds ?? NaN));
    assertKept(worst, simulate(analysisOf(told, 0, 0.2), runs), "equal passes");
  });

  it("is diluted by what the window holds from before the fault", () => {
    const told = { ...plans["the preset fast"], steps: rising(600, 5, 6), requestRate: 2000 };
    const { window, scrapeInterval, threshold, failuresTolerated, schedule } = circumstances(told);
    for (const share of [0.07, 0.1]) {
      const { seconds = NaN, badRequests } = exposure(circumstances(told), 1, share);
      // With so many requests chance has no say: the errors since the first scrape are the threshold's share of the
      // window.
      const diluted = (threshold * window) / share + scrapeInterval * (1 + threshold);
      const expected = diluted + (failuresTolerated + 1) * schedule.every + schedule.untilBack;
      assert.ok(seconds >= expected && seconds < 1.1 * expected, `${seconds}, expected ${expected}`);
      assertKept({ seconds, badRequests }, simulate(analysisOf(told, 1, share, { slow: true }), runs), `${share}`);
    }
  });

  it("is the whole plan for a share at the threshold or below, and for one that no step surely sees", () => {
    const answered = 600 * (0.05 + 0.25 + 0.5 + 1) * 100;
    for (const share of [0.01, 0.05]) {
      const { badRequests, ...rest } = exposure(fast, 0, share);
      assert.deepEqual(rest, {});
      assert.equal(badRequests, mostHits(share * (answered + fast.schedule.untilBack * 100), 1 - (1 - confidence) / 2));
    }
    const unseen = exposure({ ...fast, steps: rising(60, 5, 25) }, 0, 0.2);
    assert.equal(unseen.seconds, undefined);
    assert.ok(unseen.badRequests > 0.2 * 100 * 60 * 0.3);
  });

  it("has no bound where the plan waits for a person and does not surely see it", () => {
    const waits: Circumstances = { ...fast, steps: rising("until promoted", 5, 50) };
    assert.equal(exposure(waits, 0, 0.05).badRequests, Infinity);
    const seen = exposure(waits, 0, 0.2);
    assert.equal(seen.seconds, exposure(fast, 0, 0.2).seconds);
  });

  it("has no bad requests while requests are mirrored and enough of them come", () => {
    const told = plans["mirrored requests first"];
    const plan = { ...circumstances(told), leastRequestRate: 5 };
    assert.equal(exposure(plan, 0, 1).badRequests, 0);
    assert.ok(exposure(plan, 1, 1).badRequests > 0);
  });

  const anyPlan = fc
    .record({
      weights: fc.uniqueArray(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 5 }),
      hold: fc.constantFrom(30, 300, 3600, "until promoted" as const),
      requestRate: fc.constantFrom(1 / 60, 0.5, 5, 200, 20_000),
      interval: fc.constantFrom(1, 30, 600),
      scrapeInterval: fc.constantFrom(1, 15, 60),
      scrapes: fc.double({ min: 4, max: 20, noNaN: true }),
      failuresTolerated: fc.constantFrom(0, 1, 2, 10, 100),
      threshold: fc.constantFrom(0.0001, 0.01, 0.05, 0.5),
    })
    .map(({ weights, hold, scrapes, ...rest }) =>
      circumstances({
        ...rest,
        steps: rising(hold, ...weights.toSorted((a, b) => a - b)),
        window: Math.floor(scrapes * rest.scrapeInterval),
        initialDelay: 10 + 2 * rest.scrapeInterval,
      }),
    );
  const anyShare = fc.double({ min: 0.0001, max: 1, noNaN: true });

  it("is a number of seconds within the plan and of requests, for any plan", () => {
    fc.assert(
      fc.property(anyPlan, anyShare, (plan, share) => {
        const length = plan.steps.reduce((sum, { hold }) => sum + (hold === "until promoted" ? Infinity : hold), 0);
        const { seconds, badRequests } = exposure(plan, 0, share);
        assert.ok(
          seconds === undefined || (seconds > 2 * plan.scrapeInterval && seconds <= length && share > plan.threshold),
          `${seconds}`,
        );
        assert.ok(badRequests >= 0, `${badRequests}`);
      }),
      { numRuns: 200 },
    );
  });

  it("comes no later for a larger share, nor for fewer tolerated failures", () => {
    fc.assert(
      fc.property(anyPlan, anyShare, anyShare, (plan, one, other) => {
        const [less, more] = one < other ? [one, other] : [other, one];
        const time = (change: Partial<Circumstances>, share: number) =>
          exposure({ ...plan, ...change }, 0, share).seconds ?? Infinity;
        const slack = plan.window / 64;
        assert.ok(time({}, more) <= time({}, less) + slack, `${time({}, more)} and ${time({}, less)}`);
        assert.ok(time({}, more) <= time({ failuresTolerated: plan.failuresTolerated + 1 }, more) + slack);
      }),
      { numRuns: 200 },
    );
  });
});

describe("the simulation's rate()", () => {
  const every = (step: number, from: number, increase: number, count = 11) =>
    Array.from({ length: count }, (_, index) => ({ time: index * step, value: from + index * increase }));

  // From promql/promqltest/testdata/functions.test of Prometheus 3: increase() and the zero cutoff of rate().
  for (const [from, increase] of [
    [0, 100],
    [10, 105],
    [1, 101],
  ] as const) {
    it(`is that of Prometheus for a counter that begins at ${from}`, () => {
      assert.ok(Math.abs((rate(every(300, from, 10), 3000, 6000) ?? NaN) * 6000 - increase) < 1e-9);
    });
  }
  for (const [from, expected] of [
    [0, 0.5],
    [60, 0.55],
    [120, 0.6],
    [300, 0.6],
  ] as const) {
    it(`cuts off at zero as Prometheus does, from ${from}`, () => {
      assert.ok(Math.abs((rate(every(240, from, 240), 600, 1200) ?? NaN) - expected) < 1e-9);
    });
  }

  it("has none of a single sample, nor of what is at the window's begin or after its end", () => {
    assert.equal(rate(every(10, 0, 1), 5, 60), undefined);
    assert.equal(rate(every(10, 0, 1), 10, 10), undefined);
    assert.ok(Math.abs((rate(every(10, 0, 1), 25, 30) ?? NaN) - 0.1 * (25 / 30)) < 1e-9);
  });
});
