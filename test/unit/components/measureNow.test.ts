import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { failing } from "../../../components/measureNow";
import type { Metric } from "../../../release/metrics/metrics";
import { settingsWith } from "../../support/releases";

describe("a measurement before a raise", () => {
  let server: Server;
  let answer: { status?: number; headers?: Record<string, string>; body: string } = { body: "" };
  let address = "";
  before(async () => {
    server = createServer((_, response) => {
      response.writeHead(answer.status ?? 200, answer.headers).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());

  const below: Metric = {
    name: "error-rate",
    query: "x",
    passes: { is: "<", threshold: 0.05 },
    unit: "share",
    words: "below 5 %",
    measuresData: false,
  };
  const atLeast: Metric = {
    ...below,
    name: "success-rate",
    passes: { is: ">=", threshold: 0.95 },
    words: "at least 95 %",
  };
  const passing = { pass: "an internal tool" };
  const failures = (metric = below, noData: "fail" | { pass: string } = "fail", at = address) =>
    failing([metric], settingsWith({ prometheus: { address: at }, judgement: { noData } }));
  const vector = (...values: string[]) => {
    const result = values.map((value) => ({ metric: {}, value: [0, value] }));
    answer = { body: JSON.stringify({ status: "success", data: { resultType: "vector", result } }) };
  };

  it("passes below the threshold and fails at it", async () => {
    vector("0.049");
    assert.deepEqual(await failures(), []);
    vector("0.05");
    assert.deepEqual(await failures(), ["error-rate is 5 %, must be below 5 %"]);
  });

  it("fails without data, unless no data passes", async () => {
    for (const none of [[], ["NaN"]]) {
      vector(...none);
      assert.deepEqual(await failures(), ["error-rate has no data, must be below 5 %"]);
      assert.deepEqual(await failures(below, passing), []);
    }
  });

  it("takes an infinite value for the value that it is", async () => {
    for (const noData of ["fail", passing] as const) {
      vector("+Inf");
      assert.equal((await failures(below, noData)).length, 1);
      assert.deepEqual(await failures(atLeast, noData), []);
      vector("-Inf");
      assert.deepEqual(await failures(below, noData), []);
      assert.equal((await failures(atLeast, noData)).length, 1);
    }
  });

  it("judges each of several samples", async () => {
    vector("0.01", "NaN", "0.2");
    assert.deepEqual(await failures(), ["error-rate is 20 %, must be below 5 %"]);
  });

  it("reads the answer of a query for a scalar", async () => {
    answer = { body: JSON.stringify({ status: "success", data: { resultType: "scalar", result: [0, "0.2"] } }) };
    assert.deepEqual(await failures(), ["error-rate is 20 %, must be below 5 %"]);
  });

  const odd: readonly (readonly [what: string, given: typeof answer, says: RegExp])[] = [
    ["a page", { body: "<html>Sign in</html>" }, /: it answers with a page for people; accepted: /],
    ["a page with 401", { status: 401, body: "<html>no</html>" }, /: it answers 401; accepted: /],
    [
      "a redirect",
      { status: 302, headers: { location: "https://login.example.com" }, body: "" },
      /: it sends to https:\/\/login\.example\.com \(302\); accepted: /,
    ],
    ["null", { body: "null" }, /: it answers with something else than Prometheus does; accepted: /],
    ["nothing", { body: "" }, /: it answers with something else/],
    [
      "a success without data",
      { body: JSON.stringify({ status: "success", data: null }) },
      /: it answers with something else/,
    ],
    [
      "samples that are none",
      { body: JSON.stringify({ status: "success", data: { resultType: "vector", result: [{}] } }) },
      /: it answers with something else/,
    ],
    [
      "an error of its own",
      { status: 400, body: JSON.stringify({ status: "error", error: "parse error" }) },
      /refuses x: parse error$/,
    ],
    [
      "an error that would write lines of its own",
      { status: 400, body: JSON.stringify({ status: "error", error: "a\n::error::b\u001b" }) },
      /refuses x: a\\n::error::b\\u\{1b\}$/,
    ],
  ];
  for (const [what, given, says] of odd) {
    it(`throws for ${what}, whatever no data means`, async () => {
      answer = given;
      await assert.rejects(failures(below, passing), says);
    });
  }

  it("throws where Prometheus does not answer, by key and address", async () => {
    await assert.rejects(
      failures(below, "fail", "http://127.0.0.1:9"),
      /prometheus\.address = "http:\/\/127\.0\.0\.1:9": it does not answer: /,
    );
  });
});
