import assert from "node:assert/strict";
import fc from "fast-check";
import { printable, shown } from "../../../release/printable";

describe("text of others", () => {
  const texts: [string, string][] = [
    ["shop", "shop"],
    ["größe 店 🙂", "größe 店 🙂"],
    ["a\nb\r\tc", "a\\nb\\r\\tc"],
    ["\u001b[31m", "\\u001b[31m"],
    ["\u0085\u2028\u2029\u202e\u200b", "\\u0085\\u2028\\u2029\\u202e\\u200b"],
    ["\ud800", "\\ud800"],
    ["\u{e0041}", "\\u{e0041}"],
  ];
  for (const [text, line] of texts) it(`is printed as ${line}`, () => assert.equal(printable(text), line));

  it("is always one line without control characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        assert.doesNotMatch(printable(text), /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      }),
    );
  });
});

describe("a value that is shown", () => {
  it("is JSON where it is short and JSON has a word for it", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 2 }), (value) => {
        const text = shown(value);
        if (!text.includes("...") && !/[\p{Cc}\p{Cf}\p{Cs}]/u.test(JSON.stringify(value)))
          assert.equal(text, JSON.stringify(value));
      }),
    );
  });

  it("is cut where it is long or deep", () => {
    assert.equal(shown("x".repeat(400)), `"${"x".repeat(300)}... (400 characters)"`);
    assert.equal(shown(Array(30).fill(1)), `[${"1,".repeat(20)}... (30 items)]`);
    assert.equal(shown([[[[[1]]]]]), "[[[[...]]]]");
  });
});
