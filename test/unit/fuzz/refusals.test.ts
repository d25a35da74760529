import assert from "node:assert/strict";
import { faultsOfRefusals } from "../../../fuzz/refusals";
import { RefusedRelease } from "../../../release/settings/refusal";

describe("what a person could not use in a refusal", () => {
  const rulesOf = (refusals: readonly string[], message?: string) => {
    const refused = new RefusedRelease(refusals);
    if (message !== undefined) refused.message = message;
    return faultsOfRefusals(refused, { prt: 1 }).map(({ rule }) => rule);
  };

  it("is nothing where key, rule and what is accepted are there", () => {
    assert.deepEqual(rulesOf(["port = 0: the port; accepted: 1 to 65535", "prt: unknown key; accepted: port"]), []);
  });

  const cases: readonly (readonly [string, readonly string[], string?])[] = [
    ["a refusal names the key", ["the port is wrong: 0; accepted: 1"]],
    ["a refusal names the key", ["portal = 0: the port; accepted: 1"]],
    ["a refusal says what is accepted", ["port = 0: the port is wrong"]],
    ["a refusal is plain text", ["port = 0: a; accepted: b"], "refused:\n  - port = \u001b[31m: a; accepted: b"],
    ["a refusal can be read at once", [`port = ${"x".repeat(3000)}: a; accepted: b`]],
    ["each refusal is a line", ["port = 0: a; accepted: b"], "refused:\n  - port = 0\n: a; accepted: b"],
    ["each refusal is a line", []],
  ];
  for (const [rule, refusals, message] of cases) {
    it(`is seen where it does not hold: ${rule}, of ${(refusals[0] ?? "nothing").slice(0, 30)}`, () =>
      assert.deepEqual(rulesOf(refusals, message), [rule]));
  }
});
