import assert from "node:assert/strict";
import { formatSeconds, parseGoDuration, parseRange, secondsOf } from "../../../../policies/languages/durations";
import { Field, NotReadable } from "../../../../policies/objects/field";
import { notKnown } from "../../../../policies/objects/input";

describe("a duration", () => {
  const durations: readonly (readonly [string, go: number | undefined, range: number | undefined])[] = [
    ["90s", 90, 90],
    ["1m30s", 90, 90],
    ["1.5h", 5400, undefined],
    ["1.m", 60, undefined],
    [".5s", 0.5, undefined],
    ["+5s", 5, undefined],
    ["++5s", undefined, undefined],
    ["-5s", undefined, undefined],
    ["250ms", 0.25, 0.25],
    ["500us", 0.0005, undefined],
    ["1d12h", undefined, 129_600],
    ["2w", undefined, 1_209_600],
    ["0", 0, undefined],
    ["10", undefined, undefined],
    ["", undefined, undefined],
    ["5 m", undefined, undefined],
    [`${"1".repeat(50_000)}x`, undefined, undefined],
  ];
  for (const [text, go, range] of durations) {
    const shown = text.slice(0, 10);
    it(`"${shown}" is ${go ?? "none"} for Go, and ${range ?? "none"} as a range of PromQL`, () =>
      assert.deepEqual([parseGoDuration(text), parseRange(text)], [go, range]));
  }

  const secondsIn = (duration: unknown) => secondsOf(new Field({ object: { duration } }).at("duration"));

  it("in a field may be a number without a unit, or absent", () => {
    assert.deepEqual([undefined, 90, "90", "1m30s", 1.5].map(secondsIn), [undefined, 90, 90, 90, 1.5]);
  });

  it("in a field that is something else cannot be read", () => {
    for (const value of ["5 m", true, [], notKnown]) assert.throws(() => secondsIn(value), NotReadable);
  });

  it("is written with its unit", () => assert.deepEqual([90, 0.12345].map(formatSeconds), ["90 s", "0.1235 s"]));
});
