import assert from "node:assert/strict";
import { mended } from "../../../fuzz/cases";
import { judged } from "../../../fuzz/judged";
import type { ReleaseArgs } from "../../../release/settings";
import { leastRelease } from "../../support/releases";

describe("what once was wrong", () => {
  for (const [was, cases] of Object.entries(mended)) {
    it(`is not any more: ${was}`, () => {
      for (const change of cases)
        assert.deepEqual(judged({ ...leastRelease, ...change } as unknown as ReleaseArgs).faults, []);
    });
  }
});
