import assert from "node:assert/strict";
import { callsOf, strangeIn } from "../../../../fuzz/languages/traefikRule";
import { readGoText } from "../../../../fuzz/languages/goText";
import { settingsWith } from "../../../support/releases";

describe("a rule of Traefik's", () => {
  it("is read as Go reads it", () => {
    assert.deepEqual(callsOf('Host("a.b") && (Header("x", "\\"\\u00fc\\n") || !HeaderRegexp(`y`, "^\\\\d$"))'), [
      { name: "Host", values: ["a.b"] },
      { name: "Header", values: ["x", '"ü\n'] },
      { name: "HeaderRegexp", values: ["y", "^\\d$"] },
    ]);
    assert.deepEqual(readGoText('"\\x41\\101\\U0001F600" and more', 0), { value: "AA😀", end: 20 });
  });

  for (const rule of [
    'Host("a',
    'Host("a") x',
    'Host("\\q")',
    'Host("\\ud800")',
    'Host("a" "b")',
    "Host(a)",
    '(Host("a")',
    'Host("a\nb")',
  ]) {
    it(`is none: ${JSON.stringify(rule)}`, () => assert.throws(() => callsOf(rule)));
  }

  it("says nothing that the release does not", () => {
    const settings = settingsWith();
    assert.deepEqual(strangeIn('Host("shop.example.com") && PathPrefix("/")', settings), []);
    for (const rule of [
      'Host("shop.example.com")',
      'Host("shop.example.com") && PathPrefix("/a")',
      'Host("shop.example.com") && PathPrefix("/") || Host("shop.example.com")',
      'Host("shop.example.com") && PathPrefix("/") && Header("x", "y")',
    ])
      assert.equal(strangeIn(rule, settings).length, 1, rule);
  });
});
