import assert from "node:assert/strict";
import { describeRelease } from "../../../../manifests/describe";
import { planTime } from "../../../../release/plan";
import { behaviourOf } from "../../../../sandbox/dataPlane/application";
import { asExpected, type ReleaseOutcome } from "../../../../sandbox/demonstration/demonstration";
import { inReality, replayOf, replayRelease, replays } from "../../../../sandbox/demonstration/replays";

const released = (name: string, version = "v1") =>
  describeRelease(replayRelease(replayOf(name), version, "http://127.0.0.1:9090"));
const weights = (name: string) => released(name).settings.steps.map(({ weight }) => weight);

describe("the replays", () => {
  for (const replay of replays) {
    it(`${replay.name}: is a release that its pair can do, in reality and compressed`, () => {
      const [real, fast] = [inReality(replay).settings, released(replay.name).settings];
      assert.deepEqual(
        fast.steps.map(({ hold }) => Number(hold) * replay.factor),
        real.steps.map(({ hold }) => hold),
      );
      for (const time of ["interval", "window", "initialDelay"] as const)
        assert.equal(fast.judgement[time] * replay.factor, real.judgement[time]);
      assert.deepEqual({ ...fast.thresholds }, { ...real.thresholds });
    });
  }

  it("api: to the end within an hour", () => {
    assert.deepEqual(weights("api"), [5, 25, 50, 100]);
    assert.ok(planTime(inReality(replayOf("api")).settings.steps).seconds <= 3600);
    assert.deepEqual(
      replayOf("api").releases.map(({ expected }) => expected),
      ["deployed", "promoted"],
    );
  });

  it("checkout: after ten minutes, for conversion alone", () => {
    const { judgement, thresholds } = inReality(replayOf("checkout")).settings;
    assert.equal(judgement.initialDelay + judgement.failuresTolerated * judgement.interval, 600);
    assert.equal(thresholds.conversionRate?.fail, 0.1);
    const [first, bad] = replayOf("checkout").releases;
    assert.deepEqual([bad?.expected, bad?.because], ["rolled back", "conversion-rate"]);
    const { convertPercent, ...others } = behaviourOf(bad?.version ?? "");
    const { convertPercent: before, ...healthy } = behaviourOf(first?.version ?? "");
    assert.deepEqual(others, healthy);
    assert.ok(convertPercent < 10 && before >= 10);
  });

  it("flagger: in steps of 5 to 25, then 50 and 100, each of its own interval", () => {
    const { controller, steps, judgement } = released("flagger").settings;
    assert.equal(controller, "flagger");
    assert.deepEqual(weights("flagger"), [5, 10, 15, 20, 25, 50, 100]);
    assert.deepEqual(new Set(steps.map(({ hold }) => hold)), new Set([judgement.interval]));
  });

  it("names the replays that there are for one that there is not", () => {
    assert.throws(() => replayOf("shop"), /There is no replay "shop"\. Accepted: api, checkout, flagger\./);
  });
});

describe("a demonstration ended as expected", () => {
  const outcome = (verdict: ReleaseOutcome["verdict"], why: string): ReleaseOutcome => ({
    release: { title: "", version: "v2", expected: "rolled back", because: "conversion-rate" },
    verdict,
    why,
    seconds: 1,
    users: [],
  });
  const cases: readonly (readonly [string, ReleaseOutcome, boolean])[] = [
    ["by the metric that must decide", outcome("rolled back", "conversion-rate was 4 %"), true],
    ["not by another metric", outcome("rolled back", "error-rate was 4 %"), false],
    ["not with another verdict", outcome("promoted", "conversion-rate was 12 %"), false],
  ];
  for (const [title, given, expected] of cases) it(title, () => assert.equal(asExpected([given]), expected));
});
