import assert from "node:assert/strict";
import type { ReleaseArgs } from "../../../../release/settings";
import { measuringOf, roomOf, type ControllerTraits } from "../../../../release/settings/measuring";
import { settingsWith } from "../../../support/releases";

describe("when a canary is measured", () => {
  it("is, under Flagger, as soon as Prometheus has something, unless an interval is given", () => {
    const interval = (change: Partial<ReleaseArgs>) =>
      settingsWith({ controller: "flagger", ...change }).judgement.interval;
    assert.equal(interval({}), 70);
    assert.equal(interval({ prometheus: { scrapeInterval: "5s" } }), 30);
    assert.equal(interval({ judgement: { initialDelay: "2m" } }), 120);
    assert.equal(interval({ judgement: { interval: "15s" } }), 15);
  });

  const given = { judgement: { window: 120 }, prometheus: { scrapeInterval: 30 } };
  const traits = (measuresAfterInterval: boolean): ControllerTraits => ({ measuresAfterInterval, holdsByItself: true });

  it("leaves room for a measurement in the first hold and in later ones", () => {
    const room = (measuresAfterInterval: boolean, judgement: object = {}) => {
      const measuring = measuringOf(
        { ...given, judgement: { ...given.judgement, ...judgement } },
        traits(measuresAfterInterval),
      );
      return [roomOf(0, measuring).least, roomOf(1, measuring).least];
    };
    assert.deepEqual(room(false), [150, 150]);
    assert.deepEqual(room(true), [120, 120]);
    assert.deepEqual(room(false, { initialDelay: 300 }), [330, 150]);
    assert.deepEqual(room(true, { initialDelay: 300 }), [300, 300]);
    assert.deepEqual(room(true, { interval: 600 }), [600, 600]);
  });
});
