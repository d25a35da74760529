import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { generated } from "../../../scripts/generate";

const pages = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"].concat(
  readdirSync("docs")
    .filter((file) => file.endsWith(".md"))
    .map((file) => join("docs", file)),
);
const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Readonly<Record<string, string>> };
const tracked = () =>
  execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { encoding: "utf8" })
    .split("\n")
    .filter((file) => file !== "" && file !== "package-lock.json" && existsSync(file));

describe("the documentation", () => {
  for (const [file, text] of generated())
    it(`${file} is as npm run generate writes it`, () => assert.equal(readFileSync(file, "utf8"), text));

  it("has no page of a rule that there is not", () => {
    const written = [...generated().keys()].filter((file) => file.startsWith(join("docs", "rules")));
    assert.deepEqual(readdirSync(join("docs", "rules")).sort(), written.map((file) => file.split("/").at(-1)).sort());
  });

  for (const page of pages) {
    it(`${page} names files that there are`, () => {
      for (const [, link = ""] of readFileSync(page, "utf8").matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g))
        assert.ok(existsSync(join(dirname(page), link)), link);
    });
  }

  it("names commands that there are, as everything else here does", () => {
    const named = tracked().flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/npm run\s+(?:--silent\s+)?([a-z]+(?::[a-z]+)*)/g)].map(
        ([, script = ""]) => ({
          file,
          script,
        }),
      ),
    );
    assert.ok(named.length > 50);
    assert.deepEqual(
      named.filter(({ script }) => !(script in scripts)),
      [],
    );
  });

  it("begins with a README that is read to its end", () => {
    assert.ok(readFileSync("README.md", "utf8").split("\n").length <= 150);
  });
});
