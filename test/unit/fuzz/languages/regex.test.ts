import assert from "node:assert/strict";
import { refusedRegex, strangeMatch } from "../../../../fuzz/languages/regex";

describe("a regular expression of a segment", () => {
  it("is RE2's", () => {
    assert.equal(refusedRegex("^(?:eu-[0-9]+)$"), undefined);
    for (const regex of ["(?=a)", "\\cA", "(a", "a{1001}"]) assert.notEqual(refusedRegex(regex), undefined, regex);
  });

  it("matches what a rule names and nothing longer", () => {
    assert.equal(strangeMatch({ header: "x", match: "exact", value: "a.b" }), undefined);
    assert.equal(strangeMatch({ cookie: "a$b", value: "(c)" }), undefined);
    assert.match(strangeMatch({ header: "x", match: "exact", value: "a\nb" }) ?? "none", /none/);
  });
});
