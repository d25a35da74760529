import assert from "node:assert/strict";
import { decided, formatPlanTime, planTable, planTime, presets } from "../../../release/plan";

describe("plan", () => {
  it("has the stages and timings that the presets promise", () => {
    const summary = Object.entries(presets).map(([name, steps]) => [
      name,
      steps.map(({ weight }) => weight).join(" "),
      planTime(steps).seconds / 60,
    ]);
    assert.deepEqual(summary, [
      ["fast", "5 25 50 100", 40],
      ["slow", "5 25 50 100", 240],
      ["soak", "5 25 50 100", 120],
      ["20-50-100", "20 50 100", 15],
      ["Canary10Percent5Minutes", "10 100", 5],
      ["Canary10Percent10Minutes", "10 100", 10],
      ["Canary10Percent15Minutes", "10 100", 15],
      ["Canary10Percent30Minutes", "10 100", 30],
      ["Linear10PercentEvery1Minute", "10 20 30 40 50 60 70 80 90 100", 10],
      ["Linear10PercentEvery2Minutes", "10 20 30 40 50 60 70 80 90 100", 20],
      ["Linear10PercentEvery3Minutes", "10 20 30 40 50 60 70 80 90 100", 30],
      ["Linear10PercentEvery10Minutes", "10 20 30 40 50 60 70 80 90 100", 100],
    ]);
  });

  const stages = [
    { weight: 0, mirror: 10, hold: 600 },
    { weight: 5, hold: 600 },
    { weight: 50, hold: 600 },
    { weight: 100, hold: 600 },
  ];
  const holdsWhen: [Parameters<typeof decided>[1], readonly unknown[]][] = [
    ["as planned", [600, 600, 600, 600]],
    ["automatic", [600, 600, 600, 600]],
    ["hybrid", [600, 600, 600, 600]],
    ["manual", ["until promoted", "until promoted", "until promoted", 600]],
    ["manual before 100", [600, 600, "until promoted", 600]],
  ];
  for (const [decisions, holds] of holdsWhen) {
    it(`asks a person, where its decisions are ${decisions}, at ${holds.filter((hold) => hold !== 600).length} of four steps`, () => {
      assert.deepEqual(
        decided(stages, decisions).map(({ hold }) => hold),
        holds,
      );
    });
  }

  it("counts the steps that wait for a person apart from the timed ones", () => {
    const steps = [
      { weight: 5, hold: 600 },
      { weight: 50, hold: "until promoted" as const },
      { weight: 100, hold: 0 },
    ];
    assert.deepEqual(planTime(steps), { seconds: 600, promotions: 1 });
    assert.equal(formatPlanTime(steps), "10m and 1 promotion by a person");
    assert.equal(
      formatPlanTime([
        { weight: 5, hold: "until promoted" },
        { weight: 50, hold: "until promoted" },
      ]),
      "2 promotions by a person",
    );
  });

  it("shows each step with its weight, its hold, the elapsed time and who decides", () => {
    assert.deepEqual(
      planTable([
        { weight: 5, hold: 600 },
        { weight: 50, hold: "until promoted" },
        { weight: 100, hold: 3600 },
      ]),
      [
        "step   weight   hold             elapsed                             decided by",
        "1      5 %      10m              10m                                 the metrics",
        "2      50 %     until promoted   10m and 1 promotion by a person     a person",
        "3      100 %    1h               1h10m and 1 promotion by a person   the metrics",
        "total: 1h10m and 1 promotion by a person, then the canary is the stable version",
      ],
    );
  });

  it("says where a warning asks a person", () => {
    const [, row] = planTable([{ weight: 5, hold: 600 }], "a controller that holds on a warning");
    assert.equal(row, "1      5 %      10m    10m       the metrics, a person on a warning");
  });
});
