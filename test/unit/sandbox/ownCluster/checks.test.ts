import assert from "node:assert/strict";
import { checksError, Lacking, runChecks, type Check } from "../../../../sandbox/ownCluster/checks";

describe("checks", () => {
  const { signal } = new AbortController();
  const fine = (name: string, needs: string[] = []): Check => ({
    name,
    needs,
    mend: "none needed",
    run: async () => "there",
  });
  const failing = (name: string, error: Error, needs: string[] = []): Check => ({
    name,
    needs,
    mend: `mend ${name}`,
    run: () => Promise.reject(error),
  });
  const run = (...checks: Check[]) => runChecks(checks, signal, () => undefined);

  it("have no error where everything is fine", async () => {
    assert.equal(checksError("No:", await run(fine("a"), fine("b", ["a"]))), undefined);
  });

  it("name everything lacking at once, each with its mend, and what could not be checked", async () => {
    const findings = await run(
      failing("a", new Error("a is missing")),
      fine("b", ["a"]),
      fine("c", ["b"]),
      failing("d", new Lacking("d is odd", "straighten d")),
      fine("e"),
    );
    assert.equal(
      checksError("No:", findings)?.message,
      [
        "No:",
        "  - a: a is missing",
        "    mend a",
        "  - b: not checked, because it says nothing without this: a",
        "  - c: not checked, because it says nothing without this: b",
        "  - d: d is odd",
        "    straighten d",
      ].join("\n"),
    );
  });

  it("are ended by an interruption", async () => {
    const controller = new AbortController();
    const interrupting: Check = { ...fine("a"), run: async () => (controller.abort(), "there") };
    await assert.rejects(
      runChecks([interrupting, fine("b")], controller.signal, () => undefined),
      { name: "AbortError" },
    );
  });
});
