import assert from "node:assert/strict";
import fc from "fast-check";
import {
  canonicalQuantity,
  formatDuration,
  formatPercent,
  formatRateBelow,
  parseDuration,
  parsePercent,
  parseRate,
} from "../../../release/units";

describe("units", () => {
  const durations: [string, number | undefined][] = [
    ["30s", 30],
    ["10m", 600],
    ["1h30m", 5400],
    ["500ms", 0.5],
    ["1.5h", 5400],
    ["0s", 0],
    ["", undefined],
    ["10", undefined],
    ["10 m", undefined],
    ["1d", undefined],
    ["-5m", undefined],
    ["5mins", undefined],
  ];
  for (const [text, seconds] of durations) {
    it(`reads the duration "${text}" as ${seconds ?? "none"}`, () => {
      assert.equal(parseDuration(text), seconds);
    });
  }

  it("reads back every duration that it writes", () => {
    fc.assert(fc.property(fc.nat(1_000_000), (seconds) => parseDuration(formatDuration(seconds)) === seconds));
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 99_999 }),
        (ms) => Math.abs((parseDuration(formatDuration(ms / 1000)) ?? NaN) - ms / 1000) < 1e-9,
      ),
    );
  });

  const percents: [string, number | undefined][] = [
    ["5%", 0.05],
    ["0.5 %", 0.005],
    ["29%", 0.29],
    ["5", undefined],
    ["0.05", undefined],
    ["-1%", undefined],
  ];
  for (const [text, share] of percents) {
    it(`reads the percentage "${text}" as ${share ?? "none"}`, () => {
      assert.equal(parsePercent(text), share);
    });
  }

  it("writes shares without the dust of binary fractions", () => {
    assert.equal(formatPercent(0.07), "7 %");
    assert.equal(formatPercent(0.285), "28.5 %");
  });

  it("reads rates per second, minute and hour", () => {
    assert.deepEqual(["2/s", "30/m", "36/h", "2", "/s", "1/d"].map(parseRate), [
      2,
      0.5,
      0.01,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("writes rates that are read as at most what they are, and hardly less", () => {
    assert.deepEqual([100, 1, 0.5, 1 / 60, 0.00083, 12.99].map(formatRateBelow), [
      "100/s",
      "1/s",
      "30/m",
      "1/m",
      "2.9/h",
      "12/s",
    ]);
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (rate) => {
        const read = parseRate(formatRateBelow(rate)) ?? NaN;
        assert.ok(read <= rate * (1 + 1e-9) && read >= 0.9 * rate, `${rate}: ${formatRateBelow(rate)}`);
      }),
    );
  });

  it("writes amounts of resources as Kubernetes does", () => {
    const pairs = [
      ["0.5", "500m"],
      ["1000m", "1"],
      ["250m", "250m"],
      ["2", "2"],
      ["1024Mi", "1Gi"],
      ["1.5Gi", "1536Mi"],
      ["128Mi", "128Mi"],
      ["2000M", "2G"],
      ["lots", undefined],
      ["0", undefined],
      ["1KB", undefined],
    ];
    for (const [text, canonical] of pairs) assert.equal(canonicalQuantity(text ?? ""), canonical, text);
  });
});
