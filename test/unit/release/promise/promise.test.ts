import assert from "node:assert/strict";
import fc from "fast-check";
import type { FailedChecks, Schedule } from "../../../../release/promise/worstCase";
import {
  lags,
  promiseInWords,
  promiseLines,
  promiseOf,
  shares,
  whyNoPromise,
  type PlanPromise,
} from "../../../../release/promise/promise";
import type { ReleaseArgs, ReleaseSettings } from "../../../../release/settings";
import { formatDuration } from "../../../../release/units";
import { settingsWith } from "../../../support/releases";

const schedule = ({ judgement }: ReleaseSettings): Schedule => ({
  first: lags.controller + judgement.initialDelay,
  every: judgement.interval + lags.query,
  untilBack: lags.query + lags.controller + lags.router,
});

const eachByItself: FailedChecks = { equalFails: true, toleratedFor: "each metric" };
const asFlagger: FailedChecks = { equalFails: false, toleratedFor: "all metrics together" };

function promised(
  change: Partial<ReleaseArgs>,
  failedChecks = eachByItself,
): { readonly promise: PlanPromise; readonly lines: readonly string[] } {
  const settings = settingsWith({ traffic: { requestRate: "100/s" }, ...change });
  const promise = promiseOf(settings, { schedule: schedule(settings), failedChecks });
  assert.ok(promise);
  return { promise, lines: promiseLines(promiseInWords(promise, settings)) };
}

describe("the promise of a plan", () => {
  const traffic = { requestRate: "100/s" };
  const missing: [string, Partial<ReleaseArgs>, boolean, RegExp][] = [
    ["a request rate", {}, true, /^not known without traffic\.requestRate/],
    ["somebody who acts", { traffic }, false, /^unbounded, since nobody acts between two ups/],
    [
      "an error rate that fails by itself",
      { traffic, thresholds: { errorRate: { timesStable: 3 } } },
      true,
      /^not known without thresholds\.errorRate\.fail/,
    ],
  ];
  for (const [what, change, acts, why] of missing) {
    it(`needs ${what}, and says so`, () => {
      const settings = settingsWith(change);
      const judging = { failedChecks: eachByItself, ...(acts && { schedule: schedule(settings) }) };
      assert.equal(promiseOf(settings, judging), undefined);
      assert.match(whyNoPromise(settings, judging) ?? "", why);
    });
  }

  it("counts as its controller does: values equal to the threshold, and the failures of all metrics", () => {
    const few: Partial<ReleaseArgs> = {
      traffic: { requestRate: "3.5/s", errorRate: "1%" },
      judgement: { noData: "fail" },
    };
    const [apart, together] = [eachByItself.toleratedFor, asFlagger.toleratedFor].map(
      (toleratedFor) => promised(few, { ...eachByItself, toleratedFor }).promise,
    );
    assert.notEqual(together?.abortedByChance, apart?.abortedByChance);
    assert.deepEqual(together?.steps, apart?.steps);
    // A window of the first step has 180 requests, of which 9 are the threshold.
    const [fails, passes] = [true, false].map(
      (equalFails) =>
        promised({ traffic: { requestRate: "40/s" } }, { ...eachByItself, equalFails }).promise.steps[0]?.sees ?? NaN,
    );
    assert.ok(passes !== undefined && fails !== undefined && passes > fails, `${passes} and ${fails}`);
  });

  it("says for each step what it sees, and the worst for each share", () => {
    const { promise, lines } = promised({});
    assert.deepEqual(
      promise.steps.map(({ worst }) => worst.length),
      [4, 4, 4, 4],
    );
    assert.match(lines[1] ?? "", /^from +sees +1 % bad +5 % bad +20 % bad +100 % bad$/);
    assert.match(lines[2] ?? "", /^step 1 +5\.\d % +not surely, \d+ +not surely, \d+ +3m\d+s, \d+ +2m\d+s, \d+$/);
    assert.ok(
      lines.some((line) =>
        line.startsWith("a healthy version, with 0.1 % of errors, is taken back by chance in less than 0.01 %"),
      ),
      lines.join("\n"),
    );
  });

  it("says the bad requests as a share of those that the month's objective allows", () => {
    const { promise, lines } = promised({ traffic: { requestRate: "100/s", objective: "99%" } });
    assert.ok(Math.abs(promise.errorBudget - 100 * 30 * 24 * 3600 * 0.01) < 1e-3);
    const most = Math.max(...promise.steps.map(({ worst }) => worst[shares.indexOf(1)]?.badRequests ?? NaN));
    assert.ok(
      lines.some(
        (line) =>
          line.startsWith("of the month's error budget") &&
          line.endsWith(`${Number(((100 * most) / promise.errorBudget).toPrecision(2))} %`),
      ),
      lines.join("\n"),
    );
  });

  it("says the hold that a step would need, which is enough for it", () => {
    const rare: Partial<ReleaseArgs> = { traffic: { requestRate: "2/s" } };
    const { promise, lines } = promised(rare);
    const needed = promise.steps[0]?.wouldNeed;
    assert.ok(needed !== undefined && needed > 600);
    assert.ok(
      lines.some(
        (line) => line.startsWith("step 1 is too short to surely see 10 %") && line.includes(formatDuration(needed)),
      ),
      lines.join("\n"),
    );
    const longer = promised({
      ...rare,
      steps: [5, 25, 50, 100].map((weight) => ({ weight, hold: weight === 5 ? `${needed}s` : "10m" })),
    });
    assert.equal(longer.promise.steps[0]?.wouldNeed, undefined);
    assert.ok((longer.promise.steps[0]?.sees ?? 1) <= 0.1);
  });

  it("says how many requests a step needs to be judged, and what comes of fewer", () => {
    const needs = (change: Partial<ReleaseArgs>) =>
      promised(change).lines.filter((line) => line.includes("to be judged"));
    assert.deepEqual(needs({}), [
      "step 1 needs 2 requests/s of all users to be judged; with fewer the release holds for a person",
    ]);
    assert.deepEqual(needs({ judgement: { noData: "fail" } }), [
      "step 1 needs 2 requests/s of all users to be judged; with fewer the release is taken back",
    ]);
    assert.deepEqual(needs({ judgement: { noData: { pass: "an internal tool" } } }), []);
    assert.deepEqual(needs({ traffic: { requestRate: "0.3/s" }, judgement: { noData: "hold" } }), [
      "step 1 needs 2 requests/s of all users to be judged and gets at most 0.3; with fewer the release holds for a person",
      "step 2 needs 0.4 requests/s of all users to be judged and gets at most 0.3; with fewer the release holds for a person",
    ]);
  });

  it("counts a healthy version with too few requests among those that are taken back by chance", () => {
    const chance = (leastRequestRate: string) =>
      promised({ traffic: { requestRate: "2/s", errorRate: "0%" }, judgement: { noData: "fail", leastRequestRate } })
        .promise.abortedByChance;
    assert.ok(chance("1/m") < 0.01 && chance("5.9/m") > 0.3, `${chance("1/m")} and ${chance("5.9/m")}`);
  });

  it("counts on no least rate of requests where no data passes", () => {
    const most = (noData: "fail" | { pass: string }) =>
      promised({ traffic: { requestRate: "5/s" }, judgement: { noData, leastRequestRate: "12/m" } }).promise.steps[0]
        ?.worst[2]?.badRequests ?? NaN;
    assert.ok(most("fail") < most({ pass: "an internal tool" }), `${most("fail")}`);
  });

  it("has no bound for the requests of a step that waits for a person, and says so", () => {
    const { promise, lines } = promised({
      traffic: { requestRate: "1/m" },
      steps: [{ weight: 5, hold: "until promoted" }],
    });
    assert.equal(promise.steps[0]?.worst[0]?.badRequests, Infinity);
    assert.match(lines[2] ?? "", /not surely, unbounded/);
    assert.doesNotMatch(lines.join("\n"), /Infinity|NaN/);
  });

  const accepted = fc
    .record({
      scrape: fc.constantFrom(1, 15, 60, 600),
      scrapes: fc.integer({ min: 4, max: 36 }),
      interval: fc.constantFrom(1, 30, 600, 3600),
      failuresTolerated: fc.constantFrom(0, 2, 30, 100),
      steps: fc.constantFrom(1, 4, 100),
      hold: fc.constantFrom("least", "1h", "168h", "until promoted"),
      mirrors: fc.boolean(),
      requestRate: fc.constantFrom("1/h", "1/m", "2/s", "5000/s", "1000000/s"),
      threshold: fc.constantFrom("0.01%", "0.5%", "5%", "50%"),
      errorRate: fc.constantFrom("0%", "0.1%", "4%", "50%"),
      noData: fc.constantFrom("fail" as const, { pass: "nobody minds here" }),
    })
    .map(
      ({
        scrape,
        scrapes,
        interval,
        failuresTolerated,
        steps,
        hold,
        mirrors,
        requestRate,
        threshold,
        errorRate,
        noData,
      }): Partial<ReleaseArgs> => {
        const window = Math.min(6 * 3600, scrape * scrapes);
        const least = Math.max(window, 10 + 2 * scrape) + interval;
        const held = hold === "least" || (hold === "1h" && least > 3600) ? formatDuration(least) : hold;
        const weights = Array.from({ length: steps }, (_, index) => ({
          weight: Math.round((100 * (index + 1)) / steps),
          hold: held,
        }));
        return {
          steps: mirrors ? [{ mirror: 30, hold: held }, ...weights] : weights,
          judgement: {
            interval: formatDuration(interval),
            window: formatDuration(window),
            failuresTolerated,
            noData,
            leastRequestRate: "0.01/h",
          },
          prometheus: { scrapeInterval: formatDuration(scrape) },
          thresholds: { errorRate: threshold },
          traffic: { requestRate, errorRate },
        };
      },
    );

  it("has neither negative nor meaningless numbers, for any plan that is accepted, in less than half a second", () => {
    // The time that this process takes, whatever others there are; once more where something else of it came between.
    const took = (change: Partial<ReleaseArgs>) => {
      const before = process.cpuUsage();
      promised(change);
      return process.cpuUsage(before).user / 1000;
    };
    fc.assert(
      fc.property(accepted, (change) => {
        assert.ok(took(change) < 500 || took(change) < 500);
        const { promise, lines } = promised(change);
        for (const { sees, wouldNeed, worst } of promise.steps) {
          assert.ok(sees === undefined || (sees > 0 && sees <= 1), `${sees}`);
          assert.ok(wouldNeed === undefined || (wouldNeed > 0 && wouldNeed <= 168 * 3600), `${wouldNeed}`);
          for (const { seconds, badRequests } of worst) {
            assert.ok(seconds === undefined || (seconds > 0 && Number.isFinite(seconds)), `${seconds}`);
            assert.ok(badRequests >= 0, `${badRequests}`);
          }
        }
        assert.ok(promise.abortedByChance >= 0 && promise.abortedByChance <= 1, `${promise.abortedByChance}`);
        assert.doesNotMatch(lines.join("\n"), /Infinity|NaN|undefined/);
      }),
      { numRuns: Number(process.env.CANARY_PLANS ?? 15) },
    );
  });
});
