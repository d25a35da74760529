// The script that every command of package.json starts with, in a folder of its own and with an npm that only writes
// down what it was asked for.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { eventually } from "../../support/eventually";

const script = resolve("scripts", "install.mjs");

describe("the installation of the packages", function () {
  this.timeout(20_000);
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "canary-install-"));
    writeFileSync(join(folder, "package.json"), JSON.stringify({ engines: { node: ">=22.19" } }));
    writeFileSync(join(folder, "package-lock.json"), "one");
    writeFileSync(
      join(folder, "older.cjs"),
      'Object.defineProperty(process.versions, "node", { value: process.env.OLDER });',
    );
    npm("mkdir -p node_modules/.bin; touch node_modules/.bin/node");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Puts an npm on the PATH that says when it begins and ends, and does something between. */
  function npm(does: string): void {
    mkdirSync(join(folder, "bin"), { recursive: true });
    const file = join(folder, "bin", "npm");
    writeFileSync(
      file,
      `#!/bin/sh\necho "begin $1" >> asked\nrm -rf node_modules\nsleep 0.3\n${does}\necho end >> asked\n`,
    );
    chmodSync(file, 0o755);
  }
  const asked = () => {
    const file = join(folder, "asked");
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  };
  const once = ["begin ci", "end"];
  const left = () => readdirSync(folder).filter((name) => name.startsWith(".installing"));

  const start = (env: NodeJS.ProcessEnv = {}) => {
    const PATH = [join(folder, "bin"), process.env["PATH"]].join(delimiter);
    const child = spawn(process.execPath, [script], { cwd: folder, env: { ...process.env, PATH, ...env } });
    const said = { out: "", err: "" };
    child.stdout.on("data", (data: Buffer) => (said.out += data.toString()));
    child.stderr.on("data", (data: Buffer) => (said.err += data.toString()));
    const ended = new Promise<{ code: number | null; err: string; out: string }>((done) =>
      child.on("close", (code) => done({ code, ...said })),
    );
    return { child, ended };
  };
  const onNode = (version: string) => ({
    OLDER: version,
    NODE_OPTIONS: `--require ${join(folder, "older.cjs")}`,
  });

  it("is done once for a lockfile, and again for another one, with nothing on standard output", async () => {
    for (const lockfile of ["one", "two"]) {
      writeFileSync(join(folder, "package-lock.json"), lockfile);
      rmSync(join(folder, "asked"), { force: true });
      for (let time = 0; time < 2; time++) {
        const { code, out } = await start().ended;
        assert.deepEqual([code, out, asked()], [0, "", once]);
      }
    }
    assert.deepEqual(left(), []);
  });

  it("is done by one of several commands at once, and the others wait", async () => {
    const all = await Promise.all([1, 2, 3, 4].map(() => start().ended));
    assert.deepEqual(
      all.map(({ code }) => code),
      [0, 0, 0, 0],
    );
    assert.deepEqual([asked(), left()], [once, []]);
    const waited = all.filter(({ err }) =>
      /^Process \d+ installs the packages here: waiting for it \.\.\.$/m.test(err),
    );
    assert.equal(waited.length, 3);
  });

  it("passes over a process that was ended while it installed, once for all", async () => {
    const { pid } = spawnSync("true");
    symlinkSync(String(pid), join(folder, ".installing"));
    const all = await Promise.all([1, 2, 3, 4].map(() => start().ended));
    assert.deepEqual(
      all.map(({ code }) => code),
      [0, 0, 0, 0],
    );
    assert.deepEqual([asked(), left()], [once, []]);
  });

  it("passes over a process that was ended, although another one has its number by now", async () => {
    symlinkSync(`${process.pid}-1`, join(folder, ".installing"));
    assert.equal((await start().ended).code, 0);
    assert.deepEqual([asked(), left()], [once, []]);
  });

  it("says what to remove where a process was ended while it passed over another one", async () => {
    const { pid } = spawnSync("true");
    for (const name of [".installing", ".installing.passing"]) symlinkSync(String(pid), join(folder, name));
    const { code, err } = await start().ended;
    assert.equal(code, 1);
    assert.match(
      err,
      /^\.installing\.passing: it was left by process \d+, which was ended; accepted: remove this file, and start again$/m,
    );
    assert.deepEqual(asked(), []);
  });

  it("ends as npm does where that fails, and is tried again", async () => {
    npm("exit 3");
    for (let time = 1; time <= 2; time++) {
      assert.equal((await start().ended).code, 3);
      assert.equal(asked().length, time);
    }
    assert.deepEqual(left(), []);
  });

  it("ends npm before it ends itself", async () => {
    npm("echo $$ >> asked; for each in $(seq 50); do sleep 0.1; done");
    const { child, ended } = start();
    const [, pid] = await eventually(
      async () => asked(),
      (lines) => lines.length === 2,
    );
    child.kill("SIGTERM");
    assert.equal((await ended).code, 143);
    assert.throws(() => process.kill(Number(pid), 0), /ESRCH/);
    assert.deepEqual(left(), []);
  });

  it("refuses a Node that is too old to begin with", async () => {
    const { code, err } = await start(onNode("18.20.8")).ended;
    assert.deepEqual([code, err], [1, "Node 18.20.8 is too old to install the packages; accepted: 20 or later\n"]);
    assert.deepEqual(asked(), []);
  });

  it("takes an older Node than package.json says where the packages bring their own", async () => {
    assert.equal((await start(onNode("20.20.2")).ended).code, 0);
    npm("mkdir -p node_modules");
    writeFileSync(join(folder, "package-lock.json"), "without");
    const { code, err } = await start(onNode("20.20.2")).ended;
    assert.equal(code, 1);
    assert.match(
      err,
      /^Node 20\.20\.2 is too old for these commands, and scripts\/node\/package\.json names none for \w+ on \w+; accepted: 22\.19 or later/m,
    );
    assert.equal((await start(onNode("22.19.0")).ended).code, 0);
  });

  it("runs no package's script, with the npm that there is", async () => {
    rmSync(join(folder, "bin"), { recursive: true });
    const ran = join(folder, "ran");
    const scripts = { preinstall: `touch ${ran}`, install: `touch ${ran}`, postinstall: `touch ${ran}` };
    const write = (place: string, manifest: object) => {
      mkdirSync(join(folder, place), { recursive: true });
      writeFileSync(join(folder, place, "package.json"), JSON.stringify({ version: "1.0.0", scripts, ...manifest }));
    };
    write("other", { name: "other", bin: { other: "other.js" } });
    writeFileSync(join(folder, "other", "other.js"), "");
    write(".", { name: "own", engines: { node: ">=20" }, dependencies: { other: "file:other" } });
    rmSync(join(folder, "package-lock.json"));
    const lock = ["install", "--package-lock-only", "--ignore-scripts", "--offline"];
    assert.equal(spawnSync("npm", lock, { cwd: folder }).status, 0);
    const { code, err } = await start().ended;
    assert.deepEqual(
      [code, existsSync(join(folder, "node_modules", ".bin", "other")), existsSync(ran)],
      [0, true, false],
      err,
    );
  });
});

describe("the packages that are installed", () => {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
    readonly packages: Readonly<Record<string, { integrity?: string; link?: boolean; optionalDependencies?: object }>>;
  };

  it("are all held to what package-lock.json says that is in them", () => {
    const unheld = Object.entries(packages).filter(
      ([, { integrity = "", link }]) => !link && !/^sha512-/.test(integrity),
    );
    assert.deepEqual(
      unheld.map(([place]) => place),
      ["", "scripts/node"],
    );
  });

  it("bring one version of Node, that of package.json's engines or later, for each machine", () => {
    const versions = Object.values(packages["scripts/node"]?.optionalDependencies ?? {});
    const [version] = versions;
    assert.deepEqual([versions.length, new Set(versions).size], [3, 1]);
    const { engines } = JSON.parse(readFileSync("package.json", "utf8")) as { engines: { node: string } };
    const number = (text: string) =>
      Number(
        text
          .replace(/^>=/, "")
          .split(".")
          .slice(0, 2)
          .map((part) => part.padStart(3, "0"))
          .join(""),
      );
    assert.ok(number(version) >= number(engines.node), version);
  });
});
