import assert from "node:assert/strict";
import type { Unit } from "../../../release/metrics/unit";
import { finding, findingInWords, valueInWords } from "../../../verdict/findings";
import { awaited, metric } from "./builders";

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

describe("a finding", () => {
  const inWords = (result: Parameters<typeof finding>[0]) => {
    const found = finding(result, awaited.metrics);
    return found && findingInWords(found);
  };

  it("is the last bad measurement of a metric that ended badly", () => {
    const measurements = [
      { phase: "Failed", value: "[0.2]" },
      { phase: "Successful", value: "[0.01]" },
    ] as const;
    assert.match(
      inWords({ ...metric("error-rate", "Failed", []), measurements, failed: 1 }) ?? "",
      /^error-rate was 20 %/,
    );
  });

  it("is the last measurement while the metric runs", () => {
    assert.match(inWords(metric("error-rate", "Running", ["[0.2]", "[0.01]"])) ?? "", /^error-rate was 1 %/);
  });

  it("counts errors as measurements, and as bad ones", () => {
    assert.equal(
      inWords(metric("latency-p95", "Failed", ["[0.5]"], { count: 4, failed: 2, error: 1 })),
      "latency-p95 was 500 ms, must be below 200ms (measured 5 times, 3 of them bad)",
    );
  });

  it("leaves the bound out for a metric that the plan does not know", () => {
    assert.equal(
      inWords(metric("saturation", "Failed", ["[2]"], { failed: 1 })),
      "saturation was 2 (measured once, 1 of them bad)",
    );
  });

  it("is nothing before the first measurement", () =>
    assert.equal(inWords(metric("error-rate", "Pending", [])), undefined));

  it("says so when even the error has no reason", () => {
    assert.equal(
      inWords({ ...metric("error-rate", "Error", [""], { count: 0, error: 1 }) }),
      "error-rate could not be measured (1 of 1 tries failed): the controller gives no reason",
    );
  });
});
