import assert from "node:assert/strict";
import { parseAwaited } from "../../../verdict/awaited";
import { awaited } from "./builders";

const parse = (value: unknown) => parseAwaited(JSON.stringify(value));

describe("AWAITED", () => {
  it("is read as it was written", () => assert.deepEqual(parse(awaited), awaited));
  it("needs no weight", () => assert.equal(parse({ ...awaited, weight: undefined }).weight, undefined));

  const refused: [string, string | undefined, RegExp][] = [
    ["missing", undefined, /AWAITED is not set/],
    ["empty", "", /AWAITED is not set/],
    ["no JSON", "{", /AWAITED is not JSON/],
    ["without a name", JSON.stringify({ ...awaited, name: undefined }), /at name/],
    ["for a controller without a verdict", JSON.stringify({ ...awaited, controller: "pulumi" }), /at controller/],
    ["with a key too many", JSON.stringify({ ...awaited, rolout: "x" }), /Unrecognized key: "rolout"/],
    ["without any time", JSON.stringify({ ...awaited, boundSeconds: 0 }), /at boundSeconds/],
    [
      "with a weight above 100",
      JSON.stringify({ ...awaited, steps: [{ weight: 101, hold: 1 }] }),
      /at steps\[0\]\.weight/,
    ],
    [
      "with a hold that is none",
      JSON.stringify({ ...awaited, steps: [{ weight: 10, hold: "forever" }] }),
      /at steps\[0\]\.hold/,
    ],
  ];
  for (const [name, text, message] of refused) {
    it(`is refused ${name}`, () => assert.throws(() => parseAwaited(text), message));
  }

  it("says of nothing given which keys there are, which are those of the schema", () => {
    const [, keys = ""] = /accepted: (.*)$/.exec(messageOf(() => parseAwaited(""))) ?? [];
    for (const key of Object.keys(awaited)) assert.ok(keys.split(", ").includes(key), key);
  });
});

function messageOf(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}
