import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { join } from "node:path";

const cli = join(__dirname, "..", "..", "sandbox", "host", "namespace.ts");

describe("a namespace of the sandbox", function () {
  this.timeout(20_000);

  /** Runs a shell script inside; resolves once it printed a line. */
  async function enter(script: string) {
    const child = spawn(process.execPath, ["-r", "ts-node/register/transpile-only", cli, "--", "sh", "-c", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines: string[] = [];
    const ended = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
    await new Promise<void>((resolve) => {
      createInterface({ input: child.stdout }).on("line", (line) => {
        lines.push(line);
        resolve();
      });
      void ended.then(() => resolve());
    });
    return { child, lines, ended };
  }

  it("has a loopback that owns the pods' and the Services' addresses, and no other way", async () => {
    const { lines, ended } = await enter("ip -brief link; ip route show table local");
    assert.equal(await ended, 0);
    assert.deepEqual(
      lines.map((line) => line.split(" ")[0]).filter((name) => !["local", "broadcast"].includes(name ?? "")),
      ["lo"],
    );
    for (const range of ["10.244.0.0/16", "10.96.0.0/16"])
      assert.ok(
        lines.some((line) => line.startsWith(`local ${range} dev lo`)),
        lines.join("\n"),
      );
  });

  it("hands on the command's exit code", async () => {
    assert.equal(await (await enter("exit 5")).ended, 5);
  });

  it("lets the command end in order on SIGINT", async () => {
    const { child, lines, ended } = await enter(
      'trap "echo in order; exit 7" INT; echo up; while :; do sleep 0.1; done',
    );
    child.kill("SIGINT");
    assert.equal(await ended, 7);
    assert.deepEqual(lines, ["up", "in order"]);
  });

  it("kills a command that does not end, at once on the second SIGINT", async () => {
    const { child, ended } = await enter('trap "" INT; echo up; while :; do sleep 0.1; done');
    const from = performance.now();
    child.kill("SIGINT");
    setTimeout(() => child.kill("SIGINT"), 300);
    assert.equal(await ended, 137);
    assert.ok(performance.now() - from < 3000);
  });
});
