import assert from "node:assert/strict";
import fc from "fast-check";
import { presets } from "../../../../release/plan";
import { keySchemas, releaseKeys, type ReleaseArgs } from "../../../../release/settings";
import { keysOf, type ConfigurationKey } from "../../../../release/settings/keys";
import { itRefuses, leastRelease as least, refusalsOf, settingsOf } from "../../../support/releases";

const refusedFor = (args: unknown) => refusalsOf(() => settingsOf(args as ReleaseArgs));

describe("release settings", () => {
  it("fill in every default from application, image and host", () => {
    const settings = settingsOf(least);
    assert.deepEqual(settings.steps, presets.fast);
    assert.deepEqual(settings.thresholds, { errorRate: { fail: 0.05 }, latency: { p95: { fail: 1 } } });
    assert.deepEqual(settings.judgement, {
      interval: 30,
      window: 120,
      initialDelay: 70,
      failuresTolerated: 2,
      noData: "hold, then fail",
      leastRequestRate: 0.1,
    });
    const missing = releaseKeys.filter((key) => key !== "preset" && settings[key] === undefined);
    assert.deepEqual(missing, []);
  });

  itRefuses([
    ["an unknown key", { wieght: 5 }, "wieght: unknown key; accepted: application, namespace, image,"],
    [
      "a list where a map belongs",
      { resources: [] },
      "resources = []: a value of another type is needed; accepted: a map",
    ],
    [
      "an unknown key of a level",
      { thresholds: { cpu: { fail: "80%", wran: "70%" } } },
      "thresholds.cpu.wran: unknown key; accepted: fail, warn, timesStable",
    ],
    [
      "an unknown key of a level of one's own name",
      { thresholds: { latency: { p95: { fail: "1s", wran: "1s" } } } },
      "thresholds.latency.p95.wran: unknown key; accepted: fail, warn, timesStable",
    ],
    [
      "an unknown key of a rule",
      { segments: [{ name: "staff", when: [{ header: "x-staff", exact: "yes", equals: "yes" }] }] },
      "segments[0].when[0].equals: unknown key; accepted: header, cookie, exact, prefix, regex",
    ],
  ]);

  it("name every refused key at once", () => {
    assert.equal(refusedFor({ ...least, replicas: 0, preset: "yolo", extra: 1 }).length, 3);
  });

  it("never show the value of an environment variable, which may be a secret", () => {
    const refusals = refusedFor({ ...least, environment: { TOKEN: 12345, "not-a-name": "s3cret" } });
    assert.equal(refusals.length, 2);
    assert.doesNotMatch(refusals.join("\n"), /12345|s3cret/);
  });

  it("show what JSON has no word for, and the beginning of what is long or deep, in one line without control characters", () => {
    let deep: unknown = 1;
    for (let depth = 0; depth < 100_000; depth++) deep = [deep];
    const odd: [unknown, string][] = [
      [10n, "10n"],
      [NaN, "NaN"],
      [Symbol("x"), "Symbol(x)"],
      [deep, "[[[[...]]]]"],
      ["\n::error::\u001b[31m\u202e", '"\\n::error::\\u001b[31m\\u{202e}"'],
      [{ then: () => 1 }, "(known later)"],
    ];
    for (const [value, words] of odd)
      assert.ok(refusedFor({ ...least, host: value })[0]?.startsWith(`host = ${words}: `), words);
    const long = refusedFor({ ...least, host: "x".repeat(1e6), ["y".repeat(1e6)]: 1 });
    assert.equal(long.length, 2);
    for (const refusal of long) assert.ok(refusal.length < 3000, `${refusal.length}`);
  });

  it("refuse a key that reading would drop in silence, wherever it is", () => {
    const given = JSON.parse(
      '{"__proto__": 1, "thresholds": {"latency": {"__proto__": "1s"}}, "steps": [{"__proto__": 1}]}',
    );
    assert.deepEqual(
      refusedFor({ ...least, thresholds: given.thresholds, steps: given.steps }).map((each) => each.split(":")[0]),
      ["thresholds.latency.__proto__", "steps[0].__proto__"],
    );
    assert.match(refusedFor(given)[0] ?? "", /^__proto__: a name that no key can have; accepted: another name$/);
  });

  it("answer anything at all with settings or a refusal", () => {
    fc.assert(fc.property(fc.anything(), (anything) => refusedFor(anything).length > 0));
  });

  /** Anything in the place of a key, or of a key inside it. */
  const valueOf = ({ type, keys }: ConfigurationKey): fc.Arbitrary<unknown> => {
    const odd = fc.oneof(fc.anything({ maxDepth: 1 }), fc.constantFrom("", "5%", "10m", "x".repeat(300), -1, 0.5));
    if (keys.length === 0) return odd;
    const inside = keys.map((key) => [key.name === "*" ? "p95" : key.name, valueOf(key)] as const);
    const map = fc.record(Object.fromEntries(inside), { requiredKeys: [] });
    return fc.oneof(odd, type === "array" ? fc.array(map, { maxLength: 2 }) : map);
  };

  it("say of each key what is accepted, whatever is in its place", () => {
    const change = fc
      .constantFrom(...keysOf(keySchemas))
      .chain((key) => valueOf(key).map((value) => ({ [key.name]: value })));
    fc.assert(
      fc.property(change, (changed) => {
        for (const refusal of refusedFor({ ...least, ...changed })) assert.match(refusal, /; accepted: /);
      }),
      { numRuns: 500 },
    );
  });
});
