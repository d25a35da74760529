import assert from "node:assert/strict";
import { boundInWords, measuredInWords, units, type Unit } from "../../../../release/metrics/unit";

describe("a value of a metric in words", () => {
  const measured: [Unit, number, string][] = [
    ["share", 0.213, "21.3 %"],
    ["share", 0.2134567, "21.3 %"],
    ["share", 0, "0 %"],
    ["seconds", 0.2134, "213 ms"],
    ["seconds", 1.5, "1.5 s"],
    ["requests/s", 12.3456, "12.3 requests/s"],
    ["requests/s", 1e-5, "0.00001 requests/s"],
    ["times", 2.345, "2.35 times"],
    ["restarts", 1.02, "1.02"],
    ["number", 0.5, "0.5"],
  ];
  for (const [unit, value, words] of measured)
    it(`is ${words} where it was measured`, () => assert.equal(measuredInWords(value, unit), words));

  const bounds: [Unit, number, string][] = [
    ["share", 0.05, "5 %"],
    ["seconds", 0.2, "200ms"],
    ["seconds", 90, "1m30s"],
    ["requests/s", 0.1, "0.1 requests/s"],
    ["times", 3, "3 times the stable version's"],
    ["restarts", 2.5, "3"],
    ["number", 12345, "12300"],
  ];
  for (const [unit, value, words] of bounds)
    it(`is ${words} where it is a bound`, () => assert.equal(boundInWords(value, unit), words));

  it("is known in every unit", () => {
    for (const table of [measured, bounds]) assert.deepEqual(new Set(table.map(([unit]) => unit)), new Set(units));
  });
});
