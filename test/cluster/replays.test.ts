// Replays that `npm test` leaves to `npm run test:matrix`. Readiness and termination of the pods are simulated by kwok.
import assert from "node:assert/strict";
import { startLoad } from "../../sandbox/dataPlane/load";
import { asExpected, demonstrate, outcomeTable } from "../../sandbox/demonstration/demonstration";
import { demo } from "../../sandbox/demonstration/demoRelease";
import { replayOf, replayRelease } from "../../sandbox/demonstration/replays";
import { startSandbox, type Sandbox } from "../support/sandbox";

const names = process.env["CANARY_PAIRS"] === "all" ? (["checkout", "flagger"] as const) : [];

for (const name of names) {
  describe(`the replay ${name}`, function () {
    this.timeout(300_000);
    const replay = replayOf(name);
    let sandbox: Sandbox;
    before(async () => {
      sandbox = await startSandbox(replay.addOns);
    });
    after(() => sandbox?.stop());

    it("ends as it must", async () => {
      const { cluster } = sandbox;
      const { deployed, host } = await sandbox.application(name);
      const outcomes = await demonstrate({
        stack: deployed,
        config: (version) => replayRelease(replay, version, cluster.prometheus),
        releases: replay.releases,
        startLoad: () =>
          startLoad({ url: cluster.router, host, requestsPerSecond: demo.requestsPerSecond, maxSeconds: 300 }),
        print: () => undefined,
      });
      assert.ok(asExpected(outcomes), outcomeTable(outcomes));
    });
  });
}
