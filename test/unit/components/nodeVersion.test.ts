import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { whyTooOld } from "../../../components/nodeVersion";

describe("the version of Node", () => {
  it("is at least what package.json says", () => {
    const { engines } = JSON.parse(readFileSync("package.json", "utf8")) as { readonly engines: { node: string } };
    assert.match(whyTooOld("1.0.0") ?? "", new RegExp(`accepted: ${engines.node.replace(">=", "")} or later$`));
  });
  for (const version of ["18.20.0", "20.20.2", "22.0.0", "22.18.9"]) {
    it(`${version} is refused, with what would do`, () =>
      assert.equal(whyTooOld(version), `Node ${version} is too old for this program; accepted: 22.19 or later`));
  }
  for (const version of ["22.19.0", "22.23.3", "24.0.0", "26.1.0"]) {
    it(`${version} is accepted`, () => assert.equal(whyTooOld(version), undefined));
  }
});
