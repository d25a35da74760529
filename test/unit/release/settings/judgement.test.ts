import assert from "node:assert/strict";
import type { ReleaseArgs } from "../../../../release/settings";
import { itRefuses, refusalsOf, settingsWith } from "../../../support/releases";

describe("the judgement", () => {
  const enough: [string, Partial<ReleaseArgs>][] = [
    [
      "just enough requests",
      {
        traffic: { requestRate: "2/s" },
        steps: [{ weight: 50, hold: "1h" }],
        judgement: { leastRequestRate: "60/m", noData: "fail" },
      },
    ],
    ["few requests in a first step that holds for a person", { traffic: { requestRate: "30/m" } }],
    ["few requests that hold for a person", { traffic: { requestRate: "1/m" }, judgement: { noData: "hold" } }],
    [
      "few requests that pass",
      { traffic: { requestRate: "1/m" }, judgement: { noData: { pass: "an internal tool" } } },
    ],
    [
      "few requests beside a segment, which may have more",
      {
        traffic: { requestRate: "1/m" },
        segments: [{ name: "staff", gets: "canary", when: [{ header: "x-staff", exact: "yes" }] }],
      },
    ],
  ];
  for (const [what, change] of enough)
    it(`accept ${what}`, () =>
      assert.deepEqual(
        refusalsOf(() => settingsWith(change)),
        [],
      ));

  itRefuses([
    [
      "decisions with a person, and no data that fails at a time",
      { decisions: "manual", judgement: { noData: "hold, then fail" } },
      'judgement.noData = "hold, then fail": ',
    ],
    [
      "no data that holds an untimed first step",
      { steps: [{ weight: 5, hold: "until promoted" }], judgement: { noData: "hold, then fail" } },
      'judgement.noData = "hold, then fail": ',
    ],
    [
      "a window shorter than four scrapes",
      { judgement: { window: "30s" } },
      'judgement.window = "30s": a window spans at least four scrape intervals; accepted: 2m or longer',
    ],
    [
      "no data that passes without a reason",
      { judgement: { noData: { pass: "" } } },
      'judgement.noData.pass = "": what no data means',
    ],
    ["a rate of 0", { judgement: { leastRequestRate: "0/s" } }, 'judgement.leastRequestRate = "0/s":'],
    [
      "fewer requests than any release is judged by",
      { traffic: { requestRate: "1/m" } },
      'judgement.leastRequestRate = (missing): a canary needs 0.1 requests/s to be judged, and step 2 gives it at most 0.00417 of the 0.0167 that all users make (traffic.requestRate), so that no release would get past it; accepted: at most "15/h"',
    ],
    [
      "fewer requests than its one step is judged by",
      {
        traffic: { requestRate: "2/s" },
        steps: [{ weight: 50, hold: "1h" }],
        judgement: { leastRequestRate: "61/m", noData: "fail" },
      },
      'judgement.leastRequestRate = "61/m": a canary needs 1.02 requests/s to be judged, and step 1 gives it at most 1 of the 2',
    ],
    [
      "an address that is no URL",
      { prometheus: { address: "prometheus:9090" } },
      'prometheus.address = "prometheus:9090": where Prometheus answers',
    ],
  ]);
});
