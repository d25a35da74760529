import assert from "node:assert/strict";
import { z } from "zod";
import { keySchemas } from "../../../../release/settings";
import { keysOf, namesAt, type ConfigurationKey } from "../../../../release/settings/keys";
import { programKeys } from "../../../../release/settings/stackConfiguration";
import { duration, percentage, text, whole } from "../../../../release/settings/valueTypes";

const shape = {
  name: text(/^a/, 'a name; accepted: "a"').describe("Its name."),
  held: z.union([z.literal("for ever"), duration("a hold", 0, 60)], { error: "held; accepted: 0s to 1m" }),
  bounds: z
    .record(text(/^p/, 'a quantile; accepted: "p95"'), z.strictObject({ fail: percentage('accepted: "5%"') }))
    .prefault({ p95: { fail: "5%" } }),
  each: z.array(z.strictObject({ port: whole(1, 9, "a port").default(8) })).default([]),
  words: z.array(z.string({ error: "a word; accepted: text" })).optional(),
  pods: z.strictObject({ count: whole(0, 3, "a count").default(2), ready: z.boolean().optional() }).prefault({}),
};

/** A key and those inside it, by their paths. */
const flat = (keys: readonly ConfigurationKey[], around = ""): readonly (readonly [string, ConfigurationKey])[] =>
  keys.flatMap((key) => [[`${around}${key.name}`, key] as const, ...flat(key.keys, `${around}${key.name}.`)]);
const named = Object.fromEntries(flat(keysOf(shape)));

describe("the keys that a schema describes", () => {
  it("have a name each, and those inside too", () => {
    assert.deepEqual(Object.keys(named), [
      "name",
      "held",
      "bounds",
      "bounds.*",
      "bounds.*.fail",
      "each",
      "each.port",
      "words",
      "pods",
      "pods.count",
      "pods.ready",
    ]);
  });

  it("have a shape in words", () => {
    assert.deepEqual(
      Object.values(named).map(({ shape }) => shape),
      [
        "text",
        '"for ever" or duration',
        "map to map",
        "map",
        "percentage",
        "list of maps",
        "whole number",
        "list of text",
        "map",
        "whole number",
        "true or false",
      ],
    );
  });

  it("have what is accepted from their refusals: of a list what an item is, of a map with names of one's own what these are", () => {
    assert.deepEqual(
      Object.entries(named).flatMap(([name, { accepted }]) => (accepted === undefined ? [] : [`${name}: ${accepted}`])),
      [
        'name: "a"',
        "held: 0s to 1m",
        'bounds: names: "p95"',
        'bounds.*.fail: "5%"',
        "each.port: 1 to 9",
        "words: text",
        "pods.count: 0 to 3",
        "pods.ready: true, false",
      ],
    );
  });

  it("are required, or have a default, which of a map holds those inside", () => {
    const required = Object.entries(named).flatMap(([name, key]) => (key.required ? [name] : []));
    assert.deepEqual(required, ["name", "held", "bounds.*.fail"]);
    assert.deepEqual(named["pods"]?.default, { count: 2 });
    assert.deepEqual(named["bounds"]?.default, { p95: { fail: "5%" } });
    assert.equal(named["words"]?.default, undefined);
  });

  it("have the names of those beside an unknown one", () => {
    assert.deepEqual(namesAt([], shape), Object.keys(shape));
    assert.deepEqual(namesAt(["each", 0], shape), ["port"]);
    assert.deepEqual(namesAt(["bounds", "p50"], shape), ["fail"]);
  });

  it("are all described, of a release and of the program, and say what is accepted unless those inside do", () => {
    for (const [name, key] of flat([...keysOf(keySchemas), ...keysOf(programKeys)])) {
      assert.match(key.description, /\.$/, name);
      assert.ok(key.accepted !== undefined || key.keys.length > 0, name);
    }
  });
});
