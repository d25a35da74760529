import assert from "node:assert/strict";
import { describeRelease } from "../../../../manifests/describe";
import { checkLoopback } from "../../../../sandbox/ownCluster/clusterPreflight";
import { demonstrationSeconds, ownClusterRelease } from "../../../../sandbox/demonstration/demoRelease";

const prometheus = "http://prometheus.monitoring:9090";

describe("the demonstration's release on a cluster of one's own", () => {
  for (const [scrapeInterval, hold, minutes] of [
    ["1s", 15, 4],
    ["5s", 35, 6],
    ["15s", 105, 11],
    ["1m", 420, 38],
    ["5m", 2100, 178],
  ] as const) {
    it(`is one that can be released with a scrape interval of ${scrapeInterval}`, () => {
      const { settings } = describeRelease(ownClusterRelease("v1", { prometheus, scrapeInterval }));
      const { window, initialDelay, interval, failuresTolerated } = settings.judgement;
      assert.deepEqual(
        settings.steps.map((step) => step.hold),
        [hold, hold, hold, hold],
      );
      assert.equal(window, 4 * settings.prometheus.scrapeInterval);
      // A bad version fails once more than is tolerated while its weight is the first.
      assert.ok(hold > initialDelay + failuresTolerated * interval);
      assert.equal(Math.ceil(demonstrationSeconds(settings) / 60), minutes);
    });
  }

  it("differs from version to version by its environment alone", () => {
    const [one, other] = ["v1", "v2"].map((version) =>
      ownClusterRelease(version, { prometheus, scrapeInterval: "15s" }),
    );
    assert.deepEqual({ ...one, environment: { DEMO_VERSION: "v2" } }, other);
  });

  it("refuses a scrape interval that is none", () => {
    for (const scrapeInterval of ["", "15", "0s", "1500ms", "6m", "often"]) {
      assert.throws(() => ownClusterRelease("v1", { prometheus, scrapeInterval }), {
        message: `--scrape-interval is "${scrapeInterval}"; it is the time between two scrapes, in whole seconds. Accepted: 1s to 5m.`,
      });
    }
  });
});

describe("the router of a cluster of one's own", () => {
  it("is asked on this machine's loopback only", () => {
    for (const accepted of ["http://127.0.0.1:8080", "http://127.1.2.3", "http://localhost:80", "http://[::1]:8080"])
      checkLoopback(accepted);
    for (const refused of [
      "https://127.0.0.1",
      "http://10.244.0.1",
      "http://shop.example.com",
      "http://127.0.0.1.example.com",
      "127.0.0.1:80",
      "",
    ]) {
      assert.throws(() => checkLoopback(refused), {
        message: `--router is "${refused}"; accepted: an http:// URL on loopback, such as http://127.0.0.1:8080`,
      });
    }
  });
});
