import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

/** Asks again until the answer will do, for at most ten seconds; the error shows the last answer. */
export async function eventually<T>(
  get: () => Promise<T>,
  enough: (found: T) => boolean,
  withinMs = 10_000,
): Promise<T> {
  for (const until = Date.now() + withinMs; ; await sleep(50)) {
    const found = await get();
    if (enough(found)) return found;
    if (Date.now() > until)
      assert.fail(`Not so within ${withinMs} ms. The last answer: ${JSON.stringify(found)?.slice(0, 1000)}`);
  }
}
