// The examples that people read on the rules' pages, each held to what every rule says of it.
import assert from "node:assert/strict";
import { readYaml } from "../../../../policies/check/yaml";
import type { Input } from "../../../../policies/objects/input";
import { ObjectSet } from "../../../../policies/objects/objectSet";
import { examplesOf } from "../../../../policies/rules/pages";
import { rules } from "../../../../policies/rules";
import { allFindings } from "../objects";

/** As a Pulumi program declares them, without ignoreChanges. */
const objectsIn = (text: string) =>
  new ObjectSet(
    readYaml("example", text).map(({ value }) => ({ object: value as Input["object"], ignoredFields: [] })),
  );
const broken = (objects: ObjectSet) =>
  rules.filter((rule) => allFindings(rule, objects).some(({ kind }) => kind === "violation")).map(({ name }) => name);

/** Rules that the nearest mend of another one mends too. */
const alsoMended: Readonly<Record<string, readonly string[]>> = { "way-back": ["judged-by-a-metric"] };

describe("the examples of the rules", () => {
  for (const rule of rules) {
    it(`of ${rule.name} are a break of it, and its mend`, () => {
      const examples = examplesOf(rule);
      assert.ok(examples);
      const [unsafe, safe] = [objectsIn(examples.unsafe), objectsIn(examples.safe)];
      assert.deepEqual(allFindings(rule, safe), []);
      const [before, after] = [broken(unsafe), broken(safe)];
      assert.deepEqual(
        before.filter((name) => !after.includes(name)),
        [...(alsoMended[rule.name] ?? []), rule.name],
      );
      assert.deepEqual(
        after.filter((name) => !before.includes(name)),
        [],
      );
    });
  }
});
