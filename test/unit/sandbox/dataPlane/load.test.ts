import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createApplication } from "../../../../sandbox/dataPlane/application";
import { checkTarget, startLoad as start, type Load, type LoadOptions } from "../../../../sandbox/dataPlane/load";

function busy(milliseconds: number): void {
  for (const until = performance.now() + milliseconds; performance.now() < until;);
}

describe("the load", () => {
  let server: Server;
  let hosts: Set<string | undefined>;
  const loads: Load[] = [];
  /** A load that ends with its test, passed or not: mocha waits for its process. */
  const startLoad = async (options: LoadOptions) => {
    const load = await start(options);
    loads.push(load);
    return load;
  };
  const serve = async (version: string) => {
    hosts = new Set();
    const application = createApplication({ version, pod: "pod-1" });
    server = createServer((incoming, response) => {
      hosts.add(incoming.headers.host);
      application.handle(incoming, response);
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  };
  afterEach(async () => {
    await Promise.all(loads.splice(0).map((load) => load.stop().catch(() => undefined)));
    server?.closeAllConnections();
    server?.close();
  });

  it("sends as many requests a second as it was told, stops by itself, and counts by version and status", async () => {
    const url = await serve("v2-errors-20");
    const load = await startLoad({ url, host: "shop.test", requestsPerSecond: 100, maxSeconds: 0.5 });
    await sleep(900);
    const seen = await load.counts();
    assert.deepEqual(seen.counts, [
      { version: "v2-errors-20", status: 200, count: 40 },
      { version: "v2-errors-20", status: 500, count: 10 },
    ]);
    assert.deepEqual([seen.sent, seen.errors, seen.timeouts, seen.skipped], [50, 0, 0, 0]);
    assert.deepEqual([...hosts], ["shop.test"]);
    const exposure = seen.exposure("v2-errors-20") ?? 0;
    assert.ok(exposure > 0 && exposure < 2, `${exposure}`);
    assert.equal(seen.exposure("v1"), undefined);
    assert.deepEqual((await load.stop()).counts, seen.counts);
    assert.equal((await load.counts()).sent, 50);
  });

  it("sends on schedule although nothing is answered, up to its limit, and counts what times out", async () => {
    const url = await serve("v3-slow-5000");
    const load = await startLoad({
      url,
      host: "shop.test",
      requestsPerSecond: 100,
      maxSeconds: 0.3,
      maxInFlight: 20,
      timeoutSeconds: 1,
    });
    await sleep(500);
    const meanwhile = await load.counts();
    assert.deepEqual([meanwhile.sent, meanwhile.inFlight, meanwhile.skipped], [20, 20, 10]);
    const seen = await load.stop();
    assert.deepEqual([seen.timeouts, seen.errors, seen.counts], [20, 0, []]);
    assert.ok(seen.firstErrorAt !== undefined);
  });

  it("says what it counted although it ended before this process, which waits for another one too, heard of it", async () => {
    const url = await serve("v1");
    const load = await startLoad({ url, host: "shop.test", requestsPerSecond: 100, maxSeconds: 0.1 });
    await sleep(500);
    // The output and the end of the other one are seen in the same turn, and with that end the load's.
    const other = spawn("echo", ["done"]);
    let stopping: ReturnType<typeof load.stop> | undefined;
    other.stdout.once("data", () => {
      stopping = load.stop();
      stopping.catch(() => undefined);
      busy(500);
    });
    busy(200);
    await once(other, "close");
    assert.equal((await stopping)?.sent, 10);
  });

  it("goes nowhere but to this machine and to the sandbox", () => {
    for (const url of [
      "http://127.0.0.1:80/",
      "http://localhost/",
      "http://[::1]:80/",
      "http://10.244.1.7:8080/",
      "http://10.96.0.9/",
    ])
      checkTarget(url);
    for (const url of [
      "http://example.com/",
      "http://10.0.0.1/",
      "http://192.168.1.1/",
      "https://127.0.0.1/",
      "http://127.0.0.1.example.com/",
    ]) {
      assert.throws(() => checkTarget(url), /only to http:\/\/ on loopback/, url);
    }
  });
});
