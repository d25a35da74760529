import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { behaviourOf, createApplication, versionOf } from "../../../../sandbox/dataPlane/application";

const healthy = {
  errorPercent: 0,
  errorsAfterSeconds: 0,
  mostPerSecond: Infinity,
  slowMs: 0,
  convertPercent: 12,
  unready: false,
};

describe("the demonstration application", () => {
  describe("reads its behaviour from its version", () => {
    const cases: [string, object][] = [
      ["v1", {}],
      ["1.27.3", {}],
      ["v2-errors-20", { errorPercent: 20 }],
      ["v2-errors-0.5", { errorPercent: 0.5 }],
      ["v3-slow-1500", { slowMs: 1500 }],
      ["v4-converts-2", { convertPercent: 2 }],
      ["v5-unready", { unready: true }],
      ["v6-errors-5-slow-300", { errorPercent: 5, slowMs: 300 }],
      ["v7-errors-20-after-60", { errorPercent: 20, errorsAfterSeconds: 60 }],
      ["v8-overloaded-25", { mostPerSecond: 25 }],
    ];
    for (const [version, changes] of cases) {
      it(version, () => assert.deepEqual(behaviourOf(version), { ...healthy, ...changes }));
    }
    for (const version of [
      "",
      "latest",
      "v2-eror-20",
      "v2-errors",
      "v2-errors-120",
      "v2-errors-many",
      "v2-errors-5-errors-6",
      "v2 errors",
      "v2-",
      "v2-after-5",
      "v2-overloaded",
    ]) {
      it(`refuses "${version}" and says what is accepted`, () => {
        assert.throws(
          () => behaviourOf(version),
          /Version ".*-errors-PERCENT .*-overloaded-RATE .*-slow-MILLISECONDS, -converts-PERCENT and -unready/,
        );
      });
    }
  });

  it("takes its version from DEMO_VERSION, else from the image's tag", () => {
    assert.equal(versionOf("registry:5000/shop/app:v2"), "v2");
    assert.equal(versionOf("registry:5000/shop/app:v2@sha256:0123"), "v2");
    assert.equal(versionOf("registry:5000/shop/app"), "latest");
    assert.equal(versionOf("app:v2", "v3-unready"), "v3-unready");
  });

  describe("answers", () => {
    let server: Server | undefined;
    afterEach(() => server?.close());

    async function serve(version: string) {
      const application = createApplication({ version, pod: "pod-1" });
      server = createServer(application.handle).listen(0, "127.0.0.1");
      await new Promise((resolve) => server?.once("listening", resolve));
      const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      return { application, get: (path: string) => fetch(base + path) };
    }

    it("with its version and its pod", async () => {
      const { get } = await serve("v1");
      const response = await get("/");
      assert.equal(response.headers.get("x-version"), "v1");
      assert.deepEqual(await response.json(), { version: "v1", pod: "pod-1" });
    });

    it("with an exact share of errors, evenly spread", async () => {
      const { get } = await serve("v2-errors-20");
      const statuses: number[] = [];
      for (let n = 0; n < 20; n++) statuses.push((await get("/cart")).status);
      const five = [200, 200, 200, 200, 500];
      assert.deepEqual(statuses, [...five, ...five, ...five, ...five]);
    });

    it("with errors from so many seconds after its first request on", async () => {
      const { get } = await serve("v2-errors-100-after-0.1");
      assert.deepEqual([(await get("/")).status, (await get("/")).status], [200, 200]);
      await sleep(100);
      assert.equal((await get("/")).status, 500);
    });

    it("no more requests in any second than its version says, and the others with an error", async () => {
      const { get } = await serve("v2-overloaded-3");
      const statuses = async (requests: number) =>
        (await Promise.all(Array.from({ length: requests }, () => get("/")))).map(({ status }) => status).sort();
      assert.deepEqual(await statuses(5), [200, 200, 200, 500, 500]);
      await sleep(1000);
      assert.deepEqual(await statuses(4), [200, 200, 200, 500]);
    });

    it("later by as much as its version says", async () => {
      const { get } = await serve("v3-slow-80");
      const from = performance.now();
      await get("/");
      assert.ok(performance.now() - from >= 79);
    });

    it("unready at /healthz, though it still serves", async () => {
      const { get } = await serve("v5-unready");
      assert.equal((await get("/healthz")).status, 503);
      assert.equal((await get("/")).status, 200);
    });

    it("/metrics with OpenTelemetry's names, without counting the checks", async () => {
      const { get, application } = await serve("v2-errors-50-converts-50");
      for (const path of ["/", "/", "/", "/cart?x=1", "/healthz", "/metrics"]) await (await get(path)).text();
      const response = await get("/metrics");
      const text = await response.text();
      const name = "http_server_request_duration_seconds";
      assert.equal(response.headers.get("content-type"), "text/plain; version=0.0.4");
      assert.match(text, new RegExp(`# TYPE ${name} histogram`));
      for (const [status, route, count] of [
        [200, "/", 2],
        [500, "/", 1],
        [500, "/{path}", 1],
      ] as const) {
        const labels = `http_request_method="GET",http_response_status_code="${status}",http_route="${route}"`;
        assert.ok(text.includes(`${name}_count{${labels}} ${count}\n`), text);
        assert.ok(text.includes(`${name}_bucket{${labels},le="+Inf"} ${count}\n`), text);
        assert.ok(text.includes(`${name}_bucket{${labels},le="10"} ${count}\n`), text);
      }
      assert.match(text, /^visitors_total 2$/m);
      assert.match(text, /^conversions_total 1$/m);
      assert.equal(application.answered(), 4);
    });
  });
});
