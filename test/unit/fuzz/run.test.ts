import assert from "node:assert/strict";
import fc from "fast-check";
import { isOpen } from "../../../fuzz/cases";
import { configurations } from "../../../fuzz/configurations";
import { faultsOf } from "../../../fuzz/fault";
import { judged } from "../../../fuzz/judged";
import { run } from "../../../fuzz/run";
import { runInWords } from "../../../fuzz/runInWords";

describe("a run of made inputs", function () {
  this.timeout(60_000);
  const inputs = fc.record({ a: fc.nat(1000), b: fc.string() }, { requiredKeys: [] });
  const judge = ({ a = 0, b = "" }: { a?: number; b?: string }) => [
    ...faultsOf("a is small", a > 500 ? [`a is ${a}`] : []),
    ...faultsOf("b is short", b.length > 3 ? [`b is ${b}`] : [], ""),
  ];

  it("tells each fault once, shrunk to the least that shows it, and makes the same of the same seed", async () => {
    const options = { inputs, judge, seed: 3, seconds: 30, most: 5000 };
    const { found } = await run(options);
    const told = found.map(({ rule, input }) => [rule, Object.keys(input)] as const);
    assert.deepEqual(
      new Map(told),
      new Map([
        ["a is small", ["a"]],
        ["b is short", ["b"]],
      ]),
    );
    assert.equal(found.length, 2);
    assert.deepEqual(found.find(({ input }) => "a" in input)?.input, { a: 501 });
    assert.deepEqual((await run(options)).found, found);
  });

  it("passes over what is known, and ends in time", async () => {
    const from = Date.now();
    const { found, made } = await run({
      inputs,
      judge,
      seed: 3,
      seconds: 0.5,
      isKnown: ({ rule }) => rule === "a is small",
    });
    assert.deepEqual(
      found.map(({ rule }) => rule),
      ["b is short"],
    );
    assert.ok(made > 100 && Date.now() - from < 5000, `${made}`);
  });

  it("is told with what makes it again", () => {
    const fault = { rule: "a is small", kind: "a is", says: "a is 501", input: { a: 501 }, seed: 3 };
    assert.equal(
      runInWords({ made: 10, found: [fault] }, "inputs", 60),
      "10 inputs (10 a minute): 1 faults\n\nThat a is small does not hold:\n  a is 501\n  --seed 3, shrunk to\n  { a: 501 }",
    );
  });
});

describe("configurations that are made", function () {
  this.timeout(120_000);
  it("are refused in words, or releases that every reader takes, and a good part of each", async () => {
    let releases = 0;
    const { made, found } = await run({
      inputs: configurations,
      judge: (args) => {
        const { release, faults } = judged(args);
        if (release) releases++;
        return faults;
      },
      seed: 1,
      seconds: 60,
      most: 1000,
      isKnown: isOpen,
    });
    assert.equal(found.length, 0, runInWords({ made, found }, "configurations", 60));
    assert.ok(releases > made / 10 && releases < made, `${releases} of ${made} are releases`);
  });
});
