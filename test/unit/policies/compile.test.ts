import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const policies = join(__dirname, "..", "..", "..", "policies");
const dist = join(policies, "dist");
const [unsafe, check, main, thread] = [
  join(policies, "rules", "weights", "first-weight.yaml"),
  join(policies, "check.mjs"),
  join(dist, "main.js"),
  join(dist, "thread.js"),
];

/** A gate that judged nothing must not look like one that passed. */
describe("the compiled check", () => {
  const run = (...args: readonly string[]) => spawnSync(process.execPath, args, { encoding: "utf8" });

  it("is whole for each of four that compile it at once", async function () {
    this.timeout(60_000);
    rmSync(dist, { recursive: true, force: true });
    const runs = [1, 2, 3, 4].map(async () => {
      const child = spawn(process.execPath, [check, unsafe], { stdio: ["ignore", "pipe", "inherit"] });
      let output = "";
      child.stdout.on("data", (chunk) => (output += String(chunk)));
      const [code] = (await once(child, "close")) as [number];
      return { code, judged: /\d+ violations/.test(output) };
    });
    for (const each of await Promise.all(runs)) assert.deepEqual(each, { code: 1, judged: true });
    assert.deepEqual(readdirSync(dist).sort(), ["check.inputs.json", "check.js", "main.js", "thread.js"]);
  });

  for (const [what, spoil] of [
    ["a part of it", () => truncateSync(main, 1000)],
    ["nothing of it", () => truncateSync(main, 0)],
    ["something else", () => writeFileSync(main, "exports.main = 1")],
    ["no file", () => rmSync(main)],
    ["a part of its thread", () => truncateSync(thread, 1000)],
    ["nothing of its thread", () => truncateSync(thread, 0)],
    ["another thread", () => writeFileSync(thread, "exports.main = 1")],
    ["no thread", () => rmSync(thread)],
  ] as const) {
    it(`ends with 2 where there is ${what}, and is mended by the next that compiles`, () => {
      spoil();
      const { status, stdout, stderr } = run(join(dist, "check.js"), unsafe);
      assert.deepEqual([status, stdout], [2, ""]);
      assert.match(stderr, /is not whole; accepted: compile it anew \(npm run pack\)\n$/);
      assert.equal(run(check, unsafe).status, 1);
    });
  }

  it("is compiled again when what it is made of changes, and only then", () => {
    const record = join(dist, "check.inputs.json");
    const before = readFileSync(record, "utf8");
    assert.equal(run(check, unsafe).status, 1);
    assert.equal(readFileSync(record, "utf8"), before);
    writeFileSync(record, before.replace(/"made":"\w/, '"made":"x'));
    assert.equal(run(check, unsafe).status, 1);
    assert.equal(readFileSync(record, "utf8"), before);
  });
});
