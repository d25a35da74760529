import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exposeOnLoopback, exposeOnSocket } from "../../../../sandbox/host/relay";

describe("the relay", () => {
  it("carries requests through a socket's file, and ends with open connections", async () => {
    const directory = mkdtempSync(join(tmpdir(), "canary-relay-"));
    const server = createServer((incoming, response) => incoming.pipe(response)).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const inside = await exposeOnSocket((server.address() as AddressInfo).port, join(directory, "a.sock"));
    const outside = await exposeOnLoopback(join(directory, "a.sock"));
    const body = "x".repeat(1_000_000);
    const answer = await fetch(`http://127.0.0.1:${outside.port}/`, { method: "POST", body });
    assert.equal(await answer.text(), body);
    await inside.close();
    await assert.rejects(fetch(`http://127.0.0.1:${outside.port}/`));
    await outside.close();
    server.close();
    server.closeAllConnections();
    rmSync(directory, { recursive: true });
  });

  it("refuses a path that the kernel would cut off", async () => {
    await assert.rejects(exposeOnSocket(1, `/tmp/${"a".repeat(110)}`), /107 are the most\. Set CANARY_CACHE/);
  });
});
