// The tests mirror the tree: a source file has a test of its name, or another one that is named for it here.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { reachableFrom } from "../support/imports";

/** For tests whose name is another: the files that are tested through them. */
const testedThrough = JSON.parse(readFileSync("test/testedThrough.json", "utf8")) as Readonly<
  Record<string, readonly string[]>
>;
/** What is run by a command of package.json, and tried by hand or by a test that starts a process. */
const run = "commands";

const sources = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts"], {
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file.endsWith(".ts") && existsSync(file))
  .filter((file) => !/^test\/|\.d\.ts$|^(manifests|verdict)\/types\//.test(file));
const hasOwn = (file: string) => existsSync(`test/unit/${file.replace(/\.ts$/, ".test.ts")}`);

describe("the tests", () => {
  it("are of each file by its name, or named for it", () => {
    const named = Object.values(testedThrough).flat();
    assert.deepEqual(
      sources.filter((file) => !hasOwn(file) && !named.includes(file)),
      [],
    );
    assert.deepEqual(
      named.filter((file) => !sources.includes(file) || hasOwn(file)),
      [],
    );
  });

  for (const [test, files] of Object.entries(testedThrough).filter(([name]) => name !== run)) {
    it(`of ${test} reach the files that they are named for`, () => {
      const reached = reachableFrom(test);
      assert.deepEqual(
        files.filter((file) => !reached.has(file)),
        [],
      );
    });
  }
});
