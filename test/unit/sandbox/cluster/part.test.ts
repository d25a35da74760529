import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPart, type Part } from "../../../../sandbox/cluster/part";

describe("a part of the cluster", () => {
  let logs: string;
  beforeEach(() => {
    logs = mkdtempSync(join(tmpdir(), "canary-part-"));
  });
  afterEach(() => rmSync(logs, { recursive: true }));

  const ready = () => join(logs, "ready");
  const part = (script: string): Part => ({
    name: "kube thing",
    command: "sh",
    args: ["-c", script],
    directory: logs,
    ready: async () => existsSync(ready()),
  });
  const never = (error: Error) => assert.fail(error);

  it("is waited for, and ends when it is stopped", async () => {
    const running = await startPart(part("sleep 0.1; touch ready; exec sleep 60"), logs, never);
    assert.ok(running.readyAfterMs >= 100);
    await running.stop();
    await running.stop();
  });

  it("sees nothing of the cluster that the user's shell is set to", async () => {
    const { KUBECONFIG } = process.env;
    process.env["KUBECONFIG"] = "/of/another/cluster";
    try {
      const running = await startPart(part('test -z "$KUBECONFIG" && touch ready; exec sleep 60'), logs, never);
      await running.stop();
    } finally {
      if (KUBECONFIG === undefined) delete process.env["KUBECONFIG"];
      else process.env["KUBECONFIG"] = KUBECONFIG;
    }
  });

  it("that ends before it is ready is named, with the end of its log", async () => {
    await assert.rejects(startPart(part("echo no such flag; exit 3"), logs, never), (error: Error) => {
      const log = join(logs, "kube-thing.log");
      assert.equal(
        error.message,
        `The cluster's kube thing ended with code 3. The end of its log:\nno such flag\nThe whole log is ${log}.`,
      );
      return true;
    });
  });

  it("that cannot be started is named", async () => {
    await assert.rejects(
      startPart({ ...part(""), command: "/no/such/command" }, logs, never),
      /kube thing could not be started: spawn/,
    );
  });

  it("that ends later is reported, unless it was stopped", async () => {
    const error = await new Promise<Error>(
      (resolve) => void startPart(part("touch ready; sleep 0.2; echo out of memory; exit 1"), logs, resolve),
    );
    assert.match(error.message, /kube thing ended with code 1[\s\S]*out of memory/);
  });

  it("is ended when the start is aborted", async () => {
    const abort = new AbortController();
    const starting = startPart(part("exec sleep 60"), logs, never, abort.signal);
    abort.abort();
    await assert.rejects(starting, /was stopped before it was ready/);
  });
});
