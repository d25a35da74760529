// The check on objects and files that nobody should write: it says what it thinks of them, and never fails itself.
import assert from "node:assert/strict";
import { hostileState, hostileText } from "../../../../fuzz/objects";
import { answered } from "../../../../policies/check/answer";
import { formatNames, type Asked } from "../../../../policies/check/asked";
import { Progress } from "../../../../policies/check/progress";

/** Those that once found a fault, and some more. */
const seeds = [1663, 2371, ...Array.from({ length: 300 }, (_, seed) => seed)];

describe("the check of hostile objects", function () {
  this.timeout(60_000);

  async function ends(seed: number, text: string, where: Pick<Asked, "files"> & { readonly state?: string }) {
    const format = formatNames[seed % formatNames.length] ?? "text";
    const progress = new Progress();
    const begin = performance.now();
    const asked = { format, severity: "error", strict: false, allowEmpty: false, progress: progress.shared } as const;
    const { code, problems } = await answered({ ...asked, ...where, input: Buffer.from(text) });
    assert.ok([0, 1, 2].includes(code));
    assert.equal(code === 2, problems.length > 0);
    assert.doesNotMatch(problems.join("\n"), /fault of its own/, `seed ${seed}`);
    assert.ok(performance.now() - begin < 5_000, `seed ${seed} took long ${progress.text}`);
    return code;
  }

  it("ends with 0, 1 or 2 for files", async () => {
    const codes = new Set<number>();
    for (const seed of seeds) codes.add(await ends(seed, hostileText(seed), { files: ["-"] }));
    assert.deepEqual([...codes].sort(), [0, 1, 2]);
  });

  it("ends with 0, 1 or 2 for states", async () => {
    const codes = new Set<number>();
    for (const seed of seeds) codes.add(await ends(seed, hostileState(seed), { files: [], state: "-" }));
    assert.deepEqual([...codes].sort(), [0, 1, 2]);
  });

  it("changes nothing that all objects have", () => assert.equal(({} as { polluted?: boolean }).polluted, undefined));
});
