import assert from "node:assert/strict";
import { fieldPath } from "../../../release/fieldPath";

describe("the place of a field in words", () => {
  const places: readonly (readonly [readonly (string | number)[], string])[] = [
    [[], ""],
    [["replicas"], "replicas"],
    [["spec", "steps", 0, "setWeight"], "spec.steps[0].setWeight"],
    [["matrix", 0, 1], "matrix[0][1]"],
    [["labels", "app.kubernetes.io/name"], "labels.app.kubernetes.io/name"],
  ];
  for (const [place, words] of places)
    it(`of ${JSON.stringify(place)} is "${words}"`, () => assert.equal(fieldPath(place), words));
});
