import assert from "node:assert/strict";
import { finding, findingInWords, valueInWords } from "../../../verdict/findings";
import { awaited, metric } from "./builders";

describe("a measured value in words", () => {
  const table: [string, string | undefined, string | undefined][] = [
    ["error-rate", "[0.213]", "21.3 %"],
    ["error-rate", "[0.2134567]", "21.3 %"],
    ["error-rate", "[0]", "0 %"],
    ["error-rate", "0.05", "5 %"],
    ["error-rate", "[0.1,0.2]", "10 %, 20 %"],
    ["error-rate", "[NaN,0.2]", "20 %"],
    ["error-rate", "[]", undefined],
    ["error-rate", "[NaN]", undefined],
    ["error-rate", "", undefined],
    ["error-rate", undefined, undefined],
    ["latency-p95", "[0.2134]", "213 ms"],
    ["latency-p95", "[1.5]", "1.5 s"],
    ["latency-p95", "[+Inf]", "+Inf"],
    ["request-rate", "[12.3456]", "12.3 requests/s"],
    ["request-rate", "[1e-05]", "0.00001 requests/s"],
    ["request-rate-first", "[0]", "0 requests/s"],
    ["conversion-rate", "[0.02]", "2 %"],
    ["cpu", "[0.85]", "85 %"],
    ["latency-p95-vs-stable", "[2.345]", "2.35 times"],
    ["saturation", "[0.5]", "0.5"],
  ];
  for (const [name, value, words] of table) {
    it(`${name} ${value} is ${words ?? "no data"}`, () => assert.equal(valueInWords(name, value), words));
  }
});

describe("a finding", () => {
  const inWords = (result: Parameters<typeof finding>[0]) => {
    const found = finding(result, awaited.thresholds);
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
