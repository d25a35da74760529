import assert from "node:assert/strict";
import {
  containsSecret,
  containsUnknown,
  prune,
  reveal,
  secret,
  secretTexts,
  unknownText,
  withoutNulls,
  type Properties,
} from "../../../../sandbox/provider/values";

describe("a provider's values", () => {
  it("tell secrets and unknown values at any depth", () => {
    assert.ok(containsSecret({ a: [{ b: secret("x") }] }));
    assert.ok(!containsSecret({ a: [{ b: "x" }] }));
    assert.ok(containsUnknown({ a: [secret(unknownText)] }));
    assert.ok(!containsUnknown({ a: ["04da6b54"] }));
  });

  it("reveal secrets, and list their texts", () => {
    const value = { a: secret({ b: ["x", 1] }), c: secret("y\nz"), d: "plain" };
    assert.deepEqual(reveal(value), { a: { b: ["x", 1] }, c: "y\nz", d: "plain" });
    assert.deepEqual(secretTexts(value), ["x", "y", "z"]);
    assert.deepEqual(secret(secret("x")), secret("x"));
  });

  it("lose the keys that hold nothing, and keep places in lists", () => {
    assert.deepEqual(withoutNulls({ a: null, b: { c: null, d: 0 }, e: [null, { f: null }] }), {
      b: { d: 0 },
      e: [null, {}],
    });
  });

  it("are pruned to what was declared", () => {
    const live: Properties = {
      labels: { a: "2", added: "x" },
      ports: [{ port: 80, protocol: "TCP" }, { port: 81 }],
      status: {},
    };
    const declared = { labels: { a: "1" }, ports: [{ port: 80 }], gone: true };
    assert.deepEqual(prune(live, declared), { labels: { a: "2" }, ports: [{ port: 80 }] });
    assert.deepEqual(prune({ a: [1, 2] }, { a: "text" }), { a: [1, 2] });
  });
});
