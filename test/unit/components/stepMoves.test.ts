import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { failing } from "../../../components/measureNow";
import { refuseAnother, refuseSkip } from "../../../components/stepMoves";
import type { Metric } from "../../../release/metrics/metrics";
import { settingsWith } from "../../support/releases";

const moves = { promoted: 4 };

describe("a move of the step", () => {
  const accepted: [number, number][] = [
    [0, 0],
    [0, 1],
    [1, 1],
    [1, 2],
    [2, 2],
    [2, 3],
    [3, 3],
    [3, 4],
    [3, 0],
    [2, 0],
    [1, 0],
    [4, 4],
    [4, 0],
    [4, 1],
  ];
  for (let from = 0; from <= 4; from++) {
    for (let to = 0; to <= 4; to++) {
      const ok = accepted.some(([a, b]) => a === from && b === to);
      it(`from ${from} to ${to} is ${ok ? "accepted" : "refused"}`, () => {
        if (ok) assert.doesNotThrow(() => refuseSkip(from, to, moves));
        else
          assert.throws(
            () => refuseSkip(from, to, moves),
            new RegExp(`^Error: canary:step = ${to}: the release is at step ${from}, .*accepted: 0, `),
          );
      });
    }
  }
});

describe("the stable version", () => {
  it("changes by a promotion only", () => {
    assert.throws(
      () => refuseAnother("shop:1", "shop:2", 0, moves),
      /canary:stableImage = "shop:2": the stable version is shop:1, .*accepted: canary:stableImage = "shop:1", with the new image and canary:step = 1/,
    );
    assert.throws(() => refuseAnother("shop:2", "shop:1", 1, moves), /the stable version is shop:2/);
    assert.doesNotThrow(() => refuseAnother("shop:1", "shop:2", 4, moves));
    assert.doesNotThrow(() => refuseAnother("shop:1", "shop:1", 2, moves));
    assert.doesNotThrow(() => refuseAnother("shop:1", undefined, 0, moves));
  });
});

describe("a measurement before a raise", () => {
  let server: Server;
  let result: unknown[] = [];
  let address = "";
  before(async () => {
    server = createServer((_, response) => response.end(JSON.stringify({ status: "success", data: { result } })));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());

  const metric = { name: "error-rate", query: "x", passes: { is: "<", threshold: 0.05 }, words: "below 5 %" } as Metric;
  const failures = (noData: "fail" | { pass: string } = "fail", at = address) =>
    failing([metric], settingsWith({ prometheus: { address: at }, judgement: { noData } }));
  const measured = (value: string) => [{ value: [0, value] }];

  it("passes below the threshold and fails at it", async () => {
    result = measured("0.049");
    assert.deepEqual(await failures(), []);
    result = measured("0.05");
    assert.deepEqual(await failures(), ["error-rate is 0.05, must be below 5 %"]);
  });

  it("fails without data, unless no data passes", async () => {
    for (const none of [[], measured("NaN")]) {
      result = none;
      assert.deepEqual(await failures(), ["error-rate has no data, must be below 5 %"]);
      assert.deepEqual(await failures({ pass: "an internal tool" }), []);
    }
  });

  it("throws where Prometheus does not answer", async () => {
    await assert.rejects(failures("fail", "http://127.0.0.1:9"), /Prometheus does not answer at http:\/\/127.0.0.1:9/);
  });
});
