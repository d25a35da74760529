import assert from "node:assert/strict";
import type { Input } from "../../../policies/objects/input";
import { findings, safeRelease } from "./objects";

type Expected = "violation" | "passes" | "not judged";
/** Objects, what a rule says of them, and what its first finding's message or field matches. */
export type Case = readonly [title: string, inputs: readonly Input[], expected: Expected, matches?: RegExp];

/** Tests of a rule. */
export function judgeTable(rule: string, cases: readonly Case[]): void {
  describe(`the rule ${rule}`, () => {
    for (const [title, inputs, expected, matches = /^/] of cases) {
      it(`${title}: ${expected}`, () => {
        const found = findings(rule, inputs);
        const kinds = found.map(({ kind }) => kind);
        if (expected === "violation") assert.ok(kinds.includes("violation"), JSON.stringify(found));
        else assert.deepEqual([...new Set(kinds)], expected === "passes" ? [] : ["not judged"], JSON.stringify(found));
        const texts = found.map(({ object, field, message }) => {
          const { kind, metadata } = object as { kind: string; metadata: { name: string } };
          return `${kind} ${metadata.name} ${field ?? ""}: ${message}`;
        });
        if (expected !== "passes")
          assert.ok(
            texts.some((text) => matches.test(text)),
            texts.join("\n"),
          );
      });
    }

    it("accepts a release that is safe", () => assert.deepEqual(findings(rule, safeRelease()), []));
  });
}
