import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { generated } from "../../../scripts/generate";

const pages = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"].concat(
  readdirSync("docs")
    .filter((file) => file.endsWith(".md"))
    .map((file) => join("docs", file)),
);
const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Readonly<Record<string, string>> };

describe("the documentation", () => {
  for (const [file, text] of generated())
    it(`${file} is as npm run generate writes it`, () => assert.equal(readFileSync(file, "utf8"), text));

  it("has no page of a rule that there is not", () => {
    const written = [...generated().keys()].filter((file) => file.startsWith(join("docs", "rules")));
    assert.deepEqual(readdirSync(join("docs", "rules")).sort(), written.map((file) => file.split("/").at(-1)).sort());
  });

  for (const page of pages) {
    it(`${page} names commands and files that there are`, () => {
      const text = readFileSync(page, "utf8");
      for (const [, script = ""] of text.matchAll(/npm run (?:--silent )?([a-z:]+)/g))
        assert.ok(script in scripts, script);
      for (const [, link = ""] of text.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g))
        assert.ok(existsSync(join(dirname(page), link)), link);
    });
  }

  it("begins with a README that is read to its end", () => {
    assert.ok(readFileSync("README.md", "utf8").split("\n").length <= 150);
  });
});
