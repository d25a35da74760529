import assert from "node:assert/strict";
import { isAutonamed, named, uniqueName } from "../../../../sandbox/provider/naming";
import { objectAt, textAt, unknownText, type Properties } from "../../../../sandbox/provider/values";

describe("naming", () => {
  const seed = new Uint8Array([1, 2, 3]);
  const nameOf = (inputs: Properties) => textAt(objectAt(inputs, "metadata"), "name");

  it("makes up the same name for the same seed, and any without one", () => {
    assert.match(uniqueName("web", seed), /^web-[0-9a-f]{8}$/);
    assert.equal(uniqueName("web", seed), uniqueName("web", seed));
    assert.notEqual(uniqueName("web", new Uint8Array()), uniqueName("web", new Uint8Array()));
    assert.equal(uniqueName("w".repeat(300), seed).length, 253);
  });

  it("leaves a declared or unknown name alone", () => {
    for (const metadata of [{ name: "web" }, { name: unknownText }, unknownText]) {
      assert.deepEqual(named({ metadata }, {}, "logical", seed), { metadata });
    }
  });

  it("keeps the name that was made up before, and only that", () => {
    const first = named({ kind: "Service" }, {}, "web", seed);
    assert.ok(isAutonamed(first));
    const again = named({ kind: "Service", metadata: { labels: {} } }, first, "web", new Uint8Array([9]));
    assert.equal(nameOf(again), nameOf(first));
    const afterDeclared = named({ kind: "Service" }, { metadata: { name: "declared" } }, "web", seed);
    assert.equal(nameOf(afterDeclared), nameOf(first));
  });
});
