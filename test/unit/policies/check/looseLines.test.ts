import assert from "node:assert/strict";
import { readYaml } from "../../../../policies/check/yaml";

describe("lines that are indented too little for YAML, and not for Kubernetes", () => {
  const table: readonly (readonly [string, string, unknown])[] = [
    [
      "quoted text with quotes in it",
      "a:\n  b: 'it''s\n ''\n''''\nend'\n  c: \"\\\"\n\\\"\"\n",
      { a: { b: "it's ' '' end", c: '" "' } },
    ],
    [
      "brackets in brackets, with quotes and comments",
      "a:\n  b: [\n[1, ']',\n2], # ]\n  {c: 'd\ne'}]\nf: 1\n",
      { a: { b: [[1, "]", 2], { c: "d e" }] }, f: 1 },
    ],
  ];
  for (const [title, text, value] of table)
    it(`are taken in ${title}`, () => assert.deepEqual(readYaml("f", text)[0]?.value, value));

  it("are taken by thousands, and in many places, in some seconds", function () {
    this.timeout(20_000);
    const long = `a:\n  b: '${"x".repeat(600)}\n${`${"y".repeat(600)}\n`.repeat(2000)}'\n`;
    const { a: one } = readYaml("f", long)[0]?.value as { a: { b: string } };
    assert.equal(one.b.length, 601 * 2001);
    const places = Array.from({ length: 200 }, (_, index) => `  k${index}: 'one\n two'\n  l${index}: [\n 1,\n 2\n ]\n`);
    const { a: all } = readYaml("f", `a:\n${places.join("")}`)[0]?.value as { a: object };
    assert.equal(Object.keys(all).length, 400);
  });
});
