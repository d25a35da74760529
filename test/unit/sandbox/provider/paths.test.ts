import assert from "node:assert/strict";
import { changes, formatPath, parsePath, valueAt, withValueAt } from "../../../../sandbox/provider/paths";

describe("a property path", () => {
  const cases = [
    ["spec.selector", ["spec", "selector"]],
    ["spec.containers[0].image", ["spec", "containers", 0, "image"]],
    ['metadata.annotations["pulumi.com/skipAwait"]', ["metadata", "annotations", "pulumi.com/skipAwait"]],
    ["spec.rollouts-pod-template-hash", ["spec", "rollouts-pod-template-hash"]],
  ] as const;
  for (const [text, path] of cases) {
    it(`${text} is read and written`, () => {
      assert.deepEqual(parsePath(text), path);
      assert.equal(formatPath(path), text);
    });
  }

  it("reads and writes a value, leaving the original alone", () => {
    const object = { spec: { replicas: 1, selector: { app: "web" } } };
    assert.equal(valueAt(object, ["spec", "replicas"]), 1);
    assert.equal(valueAt({ a: [{ b: 2 }] }, ["a", 0, "b"]), 2);
    assert.deepEqual(withValueAt(object, ["spec", "selector"], undefined), { spec: { replicas: 1 } });
    assert.deepEqual(withValueAt(object, ["spec", "replicas"], 3), { spec: { replicas: 3, selector: { app: "web" } } });
    assert.deepEqual(withValueAt({}, ["spec", "replicas"], 3), { spec: { replicas: 3 } });
    assert.deepEqual(withValueAt({}, ["spec", "replicas"], undefined), {});
    assert.equal(object.spec.replicas, 1);
  });
});

describe("the changes of inputs", () => {
  const paths = (olds: object, news: object, ignored: readonly string[] = []) =>
    changes(olds as Record<string, never>, news as Record<string, never>, ignored).map(
      ({ kind, path }) => `${kind} ${formatPath(path)}`,
    );

  it("are named by their innermost path", () => {
    assert.deepEqual(paths({ a: 1, b: { c: 1, d: 1 } }, { b: { c: 2, d: 1, e: 1 }, f: {} }), [
      "delete a",
      "update b.c",
      "add b.e",
      "add f",
    ]);
    assert.deepEqual(paths({ a: [1, { b: 1 }, 3] }, { a: [1, { b: 2 }] }), ["update a[1].b", "delete a[2]"]);
    assert.deepEqual(paths({ a: {} }, { a: [] }), ["update a"]);
  });

  it("leave out what is ignored, and all inside of it", () => {
    const [olds, news] = [
      { spec: { selector: { app: "a" }, type: "X" } },
      { spec: { selector: { app: "b", hash: "1" }, type: "Y" } },
    ];
    assert.deepEqual(paths(olds, news, ["spec.selector"]), ["update spec.type"]);
    assert.deepEqual(paths({ a: [{ b: 1 }, { b: 1 }] }, { a: [{ b: 2 }, { b: 2 }] }, ["a[*].b"]), []);
  });
});
