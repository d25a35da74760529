// Configurations of releases, against the API server with every controller's and router's kinds.
import assert from "node:assert/strict";
import { isOpen, mended, open } from "../../fuzz/cases";
import { configurations } from "../../fuzz/configurations";
import { judging } from "../../fuzz/judged";
import { run } from "../../fuzz/run";
import { runInWords } from "../../fuzz/runInWords";
import type { ReleaseArgs } from "../../release/settings";
import { startApiServer, type ApiServer } from "../../sandbox/cluster/apiServer";
import { leastRelease } from "../support/releases";

describe("configurations of releases", function () {
  this.timeout(180_000);
  let api: ApiServer;
  let judge: ReturnType<typeof judging>;
  before(async () => {
    api = await startApiServer();
    await api.defineKinds();
    judge = judging(api);
  });
  after(() => api.stop());

  const faultsWith = (change: object) => judge({ ...leastRelease, ...change } as ReleaseArgs);

  it("that once were wrong are not any more", async () => {
    for (const change of Object.values(mended).flat()) assert.deepEqual(await faultsWith(change), []);
  });

  for (const { rule, change } of open)
    it(`are still not refused where they should be (once they are, fuzz/cases.ts says so): ${rule}`, async () =>
      assert.ok((await faultsWith(change)).some(isOpen)));

  it("of one seed are refused in words, or taken by the API server and every other reader", async () => {
    const { made, found } = await run({
      inputs: configurations,
      judge,
      seed: 1,
      seconds: 60,
      most: 1500,
      isKnown: isOpen,
    });
    assert.equal(found.length, 0, runInWords({ made, found }, "configurations", 60));
    assert.ok(made > 100, `${made}`);
  });
});
