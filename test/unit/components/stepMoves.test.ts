import assert from "node:assert/strict";
import { refuseAnother, refuseSkip } from "../../../components/stepMoves";

const moves = { promoted: 4 };

describe("a move of the step", () => {
  const accepted: [number, number][] = [
    [0, 0],
    [0, 1],
    [1, 1],
    [1, 2],
    [2, 2],
    [2, 3],
    [3, 3],
    [3, 4],
    [3, 0],
    [2, 0],
    [1, 0],
    [4, 4],
    [4, 0],
    [4, 1],
  ];
  for (let from = 0; from <= 4; from++) {
    for (let to = 0; to <= 4; to++) {
      const ok = accepted.some(([a, b]) => a === from && b === to);
      it(`from ${from} to ${to} is ${ok ? "accepted" : "refused"}`, () => {
        if (ok) assert.doesNotThrow(() => refuseSkip(from, to, moves));
        else
          assert.throws(
            () => refuseSkip(from, to, moves),
            new RegExp(`^Error: canary:step = ${to}: the release is at step ${from}, .*accepted: 0, `),
          );
      });
    }
  }
});

describe("the stable version", () => {
  it("changes by a promotion only", () => {
    assert.throws(
      () => refuseAnother("shop:1", "shop:2", 0, moves),
      /canary:stableImage = "shop:2": the stable version is shop:1, .*accepted: canary:stableImage = "shop:1", with the new image and canary:step = 1/,
    );
    assert.throws(() => refuseAnother("shop:2", "shop:1", 1, moves), /the stable version is shop:2/);
    assert.doesNotThrow(() => refuseAnother("shop:1", "shop:2", 4, moves));
    assert.doesNotThrow(() => refuseAnother("shop:1", "shop:1", 2, moves));
    assert.doesNotThrow(() => refuseAnother("shop:1", undefined, 0, moves));
  });
});
