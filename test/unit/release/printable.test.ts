import assert from "node:assert/strict";
import fc from "fast-check";
import { printable, shown } from "../../../release/printable";

describe("a line that is printed", () => {
  const table: readonly (readonly [string, string, string])[] = [
    [
      "is left as it is",
      "Rollout shop/wéb, spec.steps[0]: 5 % → 10 %\t# a::b 😀",
      "Rollout shop/wéb, spec.steps[0]: 5 % → 10 %\t# a::b 😀",
    ],
    ["stays one line", "a\n::error::b\r\nc\u2028d\u2029e\u0085f", "a\\n::error::b\\r\\nc\\u{2028}d\\u{2029}e\\u{85}f"],
    ["moves no cursor and has no colour", "\u001b[31ma\u009b2Jb\u0007\b\0", "\\u{1b}[31ma\\u{9b}2Jb\\u{7}\\u{8}\\u{0}"],
    ["is read in one direction", "a\u202eb\u2066c\u200fd", "a\\u{202e}b\\u{2066}c\\u{200f}d"],
    ["hides nothing", "a\u200bb\ufeffc\u00add\u{e0041}", "a\\u{200b}b\\u{feff}c\\u{ad}d\\u{e0041}"],
    ["has whole characters", "a\ud800b", "a\\u{d800}b"],
    ["is no command of GitHub", "  ::error::a", "  \\u{3a}:error::a"],
    ["is no older command of GitHub", "a ##[error]b", "a #\\u{23}[error]b"],
    [
      "is no command of Azure Pipelines",
      "a ##vso[task.setvariable]b ## [c]",
      "a #\\u{23}vso[task.setvariable]b ## [c]",
    ],
  ];
  for (const [title, text, printed] of table) it(title, () => assert.equal(printable(text), printed));

  it("is always one line without control characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        assert.doesNotMatch(printable(text), /(?!\t)[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]|^\s*::|##\w*\[/u);
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
