import assert from "node:assert/strict";
import { mkdtempSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { doneToday, markDone } from "../../../../sandbox/host/today";
import { restoreEnvironment } from "../../../support/environment";

describe("what is done once a day", () => {
  restoreEnvironment();
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "canary-today-"));
    process.env.CANARY_CACHE = join(root, "cache");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("is done from its mark on, for a day, each for itself", () => {
    assert.equal(doneToday("asked"), false);
    markDone("asked");
    assert.deepEqual([doneToday("asked"), doneToday("other")], [true, false]);
    const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3600 * 1000);
    utimesSync(join(root, "cache", "asked"), hoursAgo(23), hoursAgo(23));
    assert.equal(doneToday("asked"), true);
    utimesSync(join(root, "cache", "asked"), hoursAgo(25), hoursAgo(25));
    assert.equal(doneToday("asked"), false);
  });
});
