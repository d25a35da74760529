import { describeRelease } from "../../../manifests/describe";
import assert from "node:assert/strict";
import { contenders, kinds, mustAbort, promised, releaseArgs, type Contender } from "../../../bench/badReleases";
import { broken, summary, type Row, type TimedRun } from "../../../bench/comparison";
import { behaviourOf } from "../../../sandbox/dataPlane/application";

const contender = (name: Contender["name"]) => contenders.find((each) => each.name === name) as Contender;

describe("the bench of bad releases", () => {
  for (const each of contenders) {
    it(`releases by settings that are accepted: ${each.name}`, () => {
      const args = releaseArgs(each, "shop", "v1", {
        prometheus: "http://127.0.0.1:9090",
        loadTester: "http://127.0.0.1:8093",
      });
      assert.equal(describeRelease(args).settings.steps.length, each.steps.length);
    });
  }

  for (const kind of kinds) {
    it(`has a version that is bad, and a promise that ours takes it back: ${kind.name}`, () => {
      const behaviour = behaviourOf(`v2-${kind.behaviour(50)}`);
      assert.ok(behaviour.errorPercent > 0 || behaviour.mostPerSecond < Infinity || behaviour.slowMs > 1000);
      const promise = promised(contender("ours"), kind);
      assert.ok(promise?.seconds !== undefined && promise.badRequests > 0);
    });
  }

  it("begins to overload a pod of ours at the second step, and to be bad later in it", () => {
    const [later, overloaded] = ["later", "overloaded"].map((name) => kinds.find((kind) => kind.name === name));
    assert.deepEqual([later?.from(contender("ours")), overloaded?.from(contender("ours"))], [1, 1]);
    assert.equal(later?.behaviour(50), "errors-20-after-53");
  });

  it("asks of each contender what its own bounds say", () => {
    const asked = (name: Contender["name"]) =>
      kinds.filter((kind) => mustAbort(contender(name), kind)).map((kind) => kind.name);
    const all = kinds.map(({ name }) => name);
    assert.deepEqual([asked("ours"), asked("flagger"), asked("flagger-documented")], [all, all, all]);
    assert.deepEqual(asked("argo-documented"), ["errors-20", "errors-100", "later", "overloaded"]);
  });
});

describe("the runs of a bench", () => {
  const run = (bad: number, seconds: number): TimedRun => ({ caught: true, bad, seconds });
  const row = (name: string, runs: readonly TimedRun[], change: Partial<Row> = {}): Row => ({
    kind: "20 % errors",
    contender: name,
    mustAbort: true,
    runs,
    ...change,
  });
  const promise = { seconds: 20, badRequests: 50 };
  const ours = (...runs: readonly TimedRun[]) => row("ours", runs, { promise });
  const theirs = row("flagger", [run(40, 40), run(60, 42), run(50, 41)]);

  it("come to a median and a worst case, and one that is not caught lasts for ever", () => {
    assert.deepEqual(summary(ours(run(3, 5), run(1, 7), run(2, 6))), {
      caught: 3,
      early: 0,
      bad: { median: 2, worst: 3 },
      seconds: { median: 6, worst: 7 },
    });
    assert.deepEqual(summary(ours({ caught: false, bad: 9, seconds: 8 })), {
      caught: 0,
      early: 0,
      bad: { median: 9, worst: 9 },
      seconds: { median: Infinity, worst: Infinity },
    });
  });

  it("leave out one that was taken back before it was bad", () => {
    assert.deepEqual(summary(ours({ caught: true, bad: 0 }, run(4, 6))), {
      caught: 1,
      early: 1,
      bad: { median: 4, worst: 4 },
      seconds: { median: 6, worst: 6 },
    });
  });

  const cases: readonly (readonly [string, readonly Row[], readonly RegExp[]])[] = [
    ["half of the other's, and under the promise", [ours(run(25, 20), run(25, 20)), theirs], []],
    [
      "more than half of the other's bad requests",
      [ours(run(26, 20)), theirs],
      [/^20 % errors: median bad requests 26 are more than half of flagger's 50$/],
    ],
    [
      "more than half of the other's time",
      [ours(run(10, 20), run(10, 20), run(10, 22)), row("flagger", [run(50, 41)])],
      [/ours: 22\.0 s, promised were 20\.0/, /worst seconds 22 are more than half of flagger's 41/],
    ],
    ["above the promise", [ours(run(51, 5))], [/^20 % errors with ours: 51 bad requests, promised were 50$/]],
    ["not caught", [ours(run(1, 1), { caught: false, bad: 1 })], [/ours: 1 of 2 not caught/]],
    [
      "taken back before it was bad",
      [ours({ caught: true, bad: 0 }, run(4, 6))],
      [/ours: 1 of 2 taken back before they were bad/],
    ],
    ["more than half of one that need not abort", [ours(run(26, 20)), { ...theirs, mustAbort: false }], []],
    ["more than half of one with another kind", [ours(run(26, 20)), { ...theirs, kind: "5 % errors" }], []],
    [
      "as many as one that does not catch it",
      [ours(run(10, 20)), row("flagger", [{ caught: false, bad: 15 }])],
      [/median bad requests 10 are more than half of flagger's 15/, /worst bad requests 10/],
    ],
    ["the other's own promise broken", [row("flagger", [run(51, 5)], { promise })], [/with flagger: 51 bad requests/]],
  ];
  for (const [title, rows, expected] of cases) {
    it(`are judged: ${title}`, () => {
      const found = broken(rows, "ours", ["flagger"]);
      assert.equal(found.length, expected.length, found.join("\n"));
      expected.forEach((pattern, index) => assert.match(found[index] ?? "", pattern));
    });
  }
});
