import assert from "node:assert/strict";
import fc from "fast-check";
import { faultsOfFile, files } from "../../../fuzz/files";

describe("the gate's command, on files that are not as they should be,", function () {
  this.timeout(120_000);

  it("ends with 0, 1 or 2, in time and without a stack trace", () => {
    for (const file of fc.sample(files, { seed: 1, numRuns: 25 }))
      assert.deepEqual(faultsOfFile(file), [], file.bytes.toString());
  });

  it("is given files that can be read, and others", () => {
    const edited = fc.sample(files, { seed: 1, numRuns: 50 });
    assert.deepEqual(new Set(edited.map(({ as }) => as)), new Set(["files", "state"]));
    assert.equal(new Set(edited.map(({ bytes }) => bytes.toString("latin1"))).size > 30, true);
  });
});
