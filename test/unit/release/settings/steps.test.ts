import assert from "node:assert/strict";
import fc from "fast-check";
import { presets, presetNames } from "../../../../release/plan";
import type { ReleaseArgs } from "../../../../release/settings";
import { itRefuses, refusalsOf, settingsWith } from "../../../support/releases";

describe("the steps", () => {
  it("take the steps that are given in place of the preset's", () => {
    const { steps } = settingsWith({
      preset: "slow",
      steps: [
        { weight: 10, hold: "5m" },
        { weight: 50, hold: "until promoted" },
      ],
    });
    assert.deepEqual(steps, [
      { weight: 10, hold: 300 },
      { weight: 50, hold: "until promoted" },
    ]);
  });

  it("never accept a plan whose weights do not rise", () => {
    const weights = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(weights, (all) => {
        const rises = all.every((weight, index) => index === 0 || weight > (all[index - 1] ?? 0));
        return (
          (refusalsOf(() => settingsWith({ steps: all.map((weight) => ({ weight, hold: "1h" })) })).length === 0) ===
          rises
        );
      }),
    );
  });

  it("are those of the preset, of each that the judgement has room in", () => {
    const soon = { judgement: { window: "20s" }, prometheus: { scrapeInterval: "5s" } };
    for (const preset of presetNames) assert.deepEqual(settingsWith({ ...soon, preset }).steps, presets[preset]);
  });

  const judged: [string, Partial<ReleaseArgs>][] = [
    ["all requests for long enough", { steps: [{ weight: 100, hold: "2m30s" }] }],
    ["all requests until a person promotes", { steps: [{ weight: 100, hold: "until promoted" }] }],
    [
      "all requests for no time, after a step that is judged",
      {
        steps: [
          { weight: 10, hold: "5m" },
          { weight: 100, hold: "0s" },
        ],
      },
    ],
    [
      "all requests for no time, after a copy that is judged",
      {
        router: "istio",
        steps: [
          { mirror: 10, hold: "5m" },
          { weight: 100, hold: "0s" },
        ],
      },
    ],
    ["all requests for as long as Flagger needs", { controller: "flagger", steps: [{ weight: 100, hold: "2m" }] }],
  ];
  for (const [what, change] of judged)
    it(`give the canary ${what}`, () =>
      assert.deepEqual(
        refusalsOf(() => settingsWith(change)),
        [],
      ));

  const unjudged =
    "no step is held for long enough to be judged, so that every version would pass; accepted: a hold of";
  itRefuses([
    [
      "an unknown key of a step",
      { steps: [{ weight: 5, hold: "10m", pause: "1m" }] },
      "steps[0].pause: unknown key; accepted: weight, mirror, hold",
    ],
    [
      "weights that fall",
      {
        steps: [
          { weight: 50, hold: "10m" },
          { weight: 25, hold: "10m" },
        ],
      },
      "steps[1].weight = 25: weights rise from step to step, and the step before has 50; accepted: 51 to 100",
    ],
    [
      "equal weights",
      {
        steps: [
          { weight: 50, hold: "10m" },
          { weight: 50, hold: "10m" },
        ],
      },
      "steps[1].weight = 50: weights rise",
    ],
    [
      "a step after 100",
      {
        steps: [
          { weight: 100, hold: "10m" },
          { weight: 100, hold: "10m" },
        ],
      },
      "steps[1].weight = 100: weights rise from step to step, and the step before has 100; accepted: no step after",
    ],
    [
      "a weight above 100",
      { steps: [{ weight: 101, hold: "10m" }] },
      "steps[0].weight = 101: a weight, in percent of the requests, is a whole number; accepted: 1 to 100",
    ],
    ["a weight of 0", { steps: [{ weight: 0, hold: "10m" }] }, "steps[0].weight = 0:"],
    ["half a percent", { steps: [{ weight: 0.5, hold: "10m" }] }, "steps[0].weight = 0.5:"],
    [
      "a hold that does not parse",
      { steps: [{ weight: 5, hold: "10 minutes" }] },
      'steps[0].hold = "10 minutes": a hold is a duration such as "30s" or "10m", or "until promoted"',
    ],
    ["a hold without a unit", { steps: [{ weight: 5, hold: 600 }] }, "steps[0].hold = 600:"],
    [
      "a hold too short for one measurement",
      { steps: [{ weight: 5, hold: "2m" }] },
      'steps[0].hold = "2m": a hold has room for the longer of initial delay and window, and one interval of the judgement; accepted: 2m30s or longer',
    ],
    [
      "a preset without room for the judgement",
      { preset: "Linear10PercentEvery1Minute" },
      'preset = "Linear10PercentEvery1Minute": its step 1 is held for 1m, which has no room for the judgement; accepted: a plan with holds of 2m30s',
    ],
    [
      "an unknown preset",
      { preset: "yolo" },
      'preset = "yolo": the name of a plan; accepted: fast, slow, soak, 20-50-100, Canary10Percent5Minutes,',
    ],
    [
      "a plan that nothing judges",
      { steps: [{ weight: 100, hold: "0s" }] },
      `steps = [{"weight":100,"hold":"0s"}]: ${unjudged} 2m30s or longer`,
    ],
    [
      "a plan with no room for a measurement",
      { steps: [{ weight: 100, hold: "2m29s" }] },
      `steps = [{"weight":100,"hold":"2m29s"}]: ${unjudged} 2m30s or longer`,
    ],
    [
      "the same under a controller that measures after an interval",
      { controller: "flagger", steps: [{ weight: 100, hold: "1m59s" }] },
      `steps = [{"weight":100,"hold":"1m59s"}]: ${unjudged} 2m or longer`,
    ],
    [
      "a hold too short under a controller that measures after an interval",
      { controller: "flagger", steps: [{ weight: 5, hold: "1m" }] },
      'steps[0].hold = "1m": a hold has room for the longer of initial delay and window, and for one interval of the judgement; accepted: 2m or longer',
    ],
    [
      "a later hold too short for one measurement",
      {
        steps: [
          { weight: 5, hold: "5m" },
          { weight: 50, hold: "2m" },
        ],
      },
      'steps[1].hold = "2m": a hold has room for one window and one interval of the judgement; accepted: 2m30s or longer',
    ],
    [
      "a step without a share",
      { steps: [{ hold: "5m" }] },
      'steps[0] = {"hold":"5m"}: a step has a weight, or mirrors a share of the requests; accepted: {weight, hold} or {mirror, hold}',
    ],
    [
      "a copy after the first step",
      {
        steps: [
          { weight: 5, hold: "5m" },
          { mirror: 10, hold: "5m" },
        ],
      },
      "steps[1].mirror = 10: requests are mirrored before the first weight; accepted: as the first step",
    ],
    [
      "a plan that mirrors and ends",
      { steps: [{ mirror: 10, hold: "5m" }] },
      'steps = [{"mirror":10,"hold":"5m"}]: a plan that mirrors goes on with a weight; accepted: a further step with a weight',
    ],
  ]);
});

describe("the decisions", () => {
  it("put a person into the plan where the decisions ask for one, and let no data hold then", () => {
    const { steps, judgement } = settingsWith({ decisions: "manual" });
    assert.deepEqual(
      steps.map(({ hold }) => hold),
      ["until promoted", "until promoted", "until promoted", 600],
    );
    assert.equal(judgement.noData, "hold");
    assert.equal(settingsWith({ decisions: "automatic" }).judgement.noData, "fail");
  });

  it("are hybrid where a metric warns", () => {
    const { decisions, steps } = settingsWith({
      decisions: "hybrid",
      thresholds: { errorRate: { fail: "5%", warn: "2%" } },
    });
    assert.deepEqual([decisions, steps], ["hybrid", presets.fast]);
  });

  itRefuses([
    [
      "decisions that are none",
      { decisions: "semi" },
      'decisions = "semi": who decides that the release goes on; accepted: as planned, automatic, manual, manual before 100, hybrid',
    ],
    [
      "decisions that ask nobody, and a step that asks",
      { decisions: "automatic", steps: [{ weight: 5, hold: "until promoted" }] },
      'decisions = "automatic": nobody is asked, and steps[0].hold = "until promoted" asks a person; accepted: ',
    ],
    [
      "decisions that ask nobody, and no data that holds",
      { decisions: "automatic", judgement: { noData: "hold" } },
      'decisions = "automatic": nobody is asked, and judgement.noData = "hold" asks a person',
    ],
    [
      "decisions that ask nobody, and a warning",
      { decisions: "automatic", thresholds: { errorRate: { fail: "5%", warn: "2%" } } },
      'decisions = "automatic": nobody is asked, and thresholds.errorRate.warn asks a person',
    ],
    [
      "decisions that wait for a warning that none gives",
      { decisions: "hybrid" },
      'decisions = "hybrid": a person is asked where a metric warns, and none does; accepted: a warn, as in',
    ],
  ]);
});
