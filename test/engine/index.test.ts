import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";

describe("the program", function () {
  this.timeout(120_000);

  it("compiles as Pulumi's language host does it: with its types, and with nothing but what it imports", () => {
    const load = 'process.stdout.write(typeof require("./index.ts"))';
    const { stdout, stderr } = spawnSync(process.execPath, ["-r", "ts-node/register", "-e", load], {
      cwd: join(__dirname, "..", ".."),
      encoding: "utf8",
    });
    assert.equal(stdout, "function", stderr);
  });
});
