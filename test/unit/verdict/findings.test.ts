import assert from "node:assert/strict";
import type { Unit } from "../../../release/metrics/unit";
import { findingInWords, valueInWords, type MetricFinding } from "../../../verdict/findings";

describe("a measured value in words", () => {
  const table: [Unit, string | undefined, string | undefined][] = [
    ["share", "[0.213]", "21.3 %"],
    ["share", "[0.2134567]", "21.3 %"],
    ["share", "[0]", "0 %"],
    ["share", "0.05", "5 %"],
    ["share", "[0.1,0.2]", "10 %, 20 %"],
    ["share", "[NaN,0.2]", "20 %"],
    ["share", "[]", undefined],
    ["share", "[NaN]", undefined],
    ["share", "", undefined],
    ["share", undefined, undefined],
    ["seconds", "[0.2134]", "213 ms"],
    ["seconds", "[1.5]", "1.5 s"],
    ["seconds", "[+Inf]", "+Inf"],
    ["requests/s", "[12.3456]", "12.3 requests/s"],
    ["requests/s", "[1e-05]", "0.00001 requests/s"],
    ["requests/s", "[0]", "0 requests/s"],
    ["share", "[0.02]", "2 %"],
    ["share", "[0.85]", "85 %"],
    ["times", "[2.345]", "2.35 times"],
    ["number", "[0.5]", "0.5"],
  ];
  for (const [unit, value, words] of table) {
    it(`${unit} ${value} is ${words ?? "no data"}`, () => assert.equal(valueInWords(value, unit), words));
  }
});

describe("a finding in words", () => {
  const finding: MetricFinding = {
    metric: "error-rate",
    unanswered: false,
    value: "21.3 %",
    mustBe: "below 5 %",
    times: 11,
    bad: 3,
    message: undefined,
  };
  const measured = "error-rate was 21.3 %, must be below 5 %";
  const table: [string, Partial<MetricFinding>, string][] = [
    ["a bad value", {}, `${measured} (measured 11 times, 3 of them bad)`],
    ["no data", { value: undefined }, "error-rate had no data, must be below 5 % (measured 11 times, 3 of them bad)"],
    ["a single measurement", { times: 1, bad: 1 }, `${measured} (measured once, 1 of them bad)`],
    ["checks alone", { times: undefined }, `${measured} (3 failed checks)`],
    ["no bound that is known", { mustBe: undefined }, "error-rate was 21.3 % (measured 11 times, 3 of them bad)"],
    [
      "no answer",
      { unanswered: true, message: "refused" },
      "error-rate could not be measured (3 of 11 tries failed): refused",
    ],
    [
      "no answer to a check",
      { unanswered: true, times: undefined, bad: 1 },
      "error-rate could not be measured (1 failed check): the controller gives no reason",
    ],
    ["a smoke test", { metric: "smoke-test", message: "it answers 500" }, "smoke-test failed: it answers 500"],
    ["a smoke test's Job", { metric: "smoke-test" }, "smoke-test failed: its Job did not end well"],
  ];
  for (const [what, change, words] of table)
    it(`names ${what}`, () => assert.equal(findingInWords({ ...finding, ...change }), words));
});
