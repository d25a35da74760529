import assert from "node:assert/strict";
import { NotParsed } from "../../../../policies/languages/notParsed";
import { NoPattern, patternOf } from "../../../../policies/languages/pattern";

describe("a regular expression in an object", () => {
  it("matches a text as a whole or in part, and a line's end where it is said", () => {
    assert.ok(patternOf("a|ab", false).matchesWhole("ab"));
    assert.ok(!patternOf("b", false).matchesWhole("ab"));
    assert.ok(patternOf("b", false).matchesPart("ab"));
    assert.ok(!patternOf("a.b", false).matchesWhole("a\nb"));
    assert.ok(patternOf("a.b", true).matchesWhole("a\nb"));
    assert.ok(patternOf("(?P<code>[[:digit:]]+)", false).matchesWhole("500"));
  });

  for (const text of ["(a+)+$", "(a|aa)+$", "(.*)*x", "a*a*a*a*a*a*a*a*a*a*b", "(a?){30}a{30}"])
    it(`matches ${text} in a moment`, function () {
      this.timeout(2000);
      const texts = ["a".repeat(999), `${"a".repeat(998)}!`];
      for (const each of texts) patternOf(text, true).matchesPart(each);
    });

  for (const text of ["(?=a)", "a(?!b)", "\\1", "a{2000}", "(", "*", "[b-a]", "a**", "(?<=a)b"])
    it(`is none for RE2: ${text}`, () =>
      assert.throws(
        () => patternOf(text, false),
        (error: Error) => error instanceof NoPattern && error.message.startsWith(`${text} is no regular expression of`),
      ));

  for (const [title, text] of [
    ["is long", "a".repeat(1001)],
    ["repeats much", "(?:(?:a{1,30}b?){1,30})"],
    ["is nested deeply", `${"(".repeat(490)}a${")".repeat(490)}`],
  ] as const)
    it(`is not read, or at once, where it ${title}`, () => {
      try {
        patternOf(text, false).matchesPart("a");
      } catch (error) {
        assert.ok(error instanceof NotParsed, String(error));
      }
    });

  it("does not match what is longer than a name", () =>
    assert.throws(() => patternOf("a", false).matchesPart("a".repeat(1001)), NotParsed));
});
