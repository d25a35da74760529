import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandLineOf } from "../../../components/commandLine";

describe("the command line of a script", () => {
  it("loads TypeScript where the script is not compiled", () => {
    assert.equal(
      commandLineOf("/program/verdict/main.ts", "/program"),
      "node --require ts-node/register/transpile-only verdict/main.ts",
    );
    assert.equal(commandLineOf("/program/dist/verdict/main.js", "/program"), "node dist/verdict/main.js");
  });

  for (const name of [
    "a folder",
    "it's",
    "$HOME",
    "a;b",
    "`id`",
    '"quoted"',
    "tab\there",
    "*",
    "~",
    "-x",
    "!x",
    "a\nb",
  ]) {
    it(`runs in a shell from ${JSON.stringify(name)}`, () => {
      const root = mkdtempSync(join(tmpdir(), "canary-command-"));
      try {
        const folder = join(root, name);
        mkdirSync(folder);
        writeFileSync(join(folder, "main.js"), "console.log(__dirname)");
        const output = execFileSync("/bin/sh", ["-c", commandLineOf(join(folder, "main.js"), root)], {
          cwd: root,
          encoding: "utf8",
        });
        assert.equal(output.trimEnd(), folder);
      } finally {
        rmSync(root, { recursive: true });
      }
    });
  }
});
