import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory } from "./directory";

/** Whether something was marked as done within a day, by any process that shares the cache. */
export function doneToday(what: string): boolean {
  const last = statSync(join(cacheDirectory(), what), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Date.now() - last < 24 * 3600 * 1000;
}

export function markDone(what: string): void {
  mkdirSync(cacheDirectory(), { recursive: true });
  writeFileSync(join(cacheDirectory(), what), "");
}
