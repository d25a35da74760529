import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheDirectory, createSandboxDirectory, isAlive, thisProcess } from "../../../../sandbox/host/directory";

describe("sandbox directories", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "canary-directories-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function dead(name: string, owner = JSON.stringify({ pid: thisProcess().pid, startedAt: "before" })): string {
    const path = join(root, name);
    mkdirSync(join(path, "data"), { recursive: true });
    mkdirSync(join(path, "logs"));
    writeFileSync(join(path, "owner"), owner);
    writeFileSync(join(path, "logs", "etcd.log"), "the end");
    return path;
  }

  it("lie in CANARY_CACHE, else in XDG_CACHE_HOME, else in ~/.cache", () => {
    assert.equal(cacheDirectory({ CANARY_CACHE: "/a", XDG_CACHE_HOME: "/b" }), "/a");
    assert.equal(cacheDirectory({ XDG_CACHE_HOME: "/b" }), "/b/canary");
    assert.match(cacheDirectory({}), /\/\.cache\/canary$/);
  });

  it("belong to this process, which is told apart from a later one with its number", () => {
    const owner = thisProcess();
    assert.equal(isAlive(owner), true);
    assert.equal(isAlive({ ...owner, startedAt: "another" }), false);
    assert.equal(isAlive({ pid: 2 ** 30, startedAt: owner.startedAt }), false);
  });

  it("of a running sandbox are left alone by the next start", () => {
    const first = createSandboxDirectory(root);
    const second = createSandboxDirectory(root);
    assert.notEqual(first.path, second.path);
    assert.deepEqual([first.data, first.logs, second.data, second.logs].map(existsSync), [true, true, true, true]);
  });

  it("are their owner's alone: what is in them opens the cluster", () => {
    const { path } = createSandboxDirectory(root);
    assert.equal(statSync(path).mode & 0o777, 0o700);
  });

  it("keep only their logs when released", () => {
    const sandbox = createSandboxDirectory(root);
    writeFileSync(join(sandbox.data, "kubeconfig"), "secret");
    sandbox.release();
    assert.deepEqual(readdirSync(sandbox.path), ["logs"]);
  });

  it("of dead owners lose their data at the next start; the logs of the last five stay", () => {
    const paths = [1, 2, 3, 4, 5, 6].map((day) => dead(`2026010${day}-000000-1`));
    dead("20260107-000000-1", "not finished");
    createSandboxDirectory(root);
    assert.deepEqual(paths.map(existsSync), [false, false, true, true, true, true]);
    assert.deepEqual(readdirSync(join(root, "20260107-000000-1")), ["logs"]);
    assert.deepEqual(readdirSync(join(root, "20260106-000000-1")), ["logs"]);
  });
});
