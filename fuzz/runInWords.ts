import { inspect } from "node:util";
import type { Found, Run } from "./run";

/** What a run found, for people. */
export function runInWords({ made, found }: Run<unknown>, what: string, seconds: number): string {
  const aMinute = Math.round((made / Math.max(seconds, 0.001)) * 60);
  return [`${made} ${what} (${aMinute} a minute): ${found.length} faults`, ...found.map(fault)].join("\n\n");
}

function fault({ rule, says, input, seed }: Found<unknown>): string {
  return [
    `That ${rule} does not hold:`,
    `  ${says.slice(0, 500)}`,
    `  --seed ${seed}, shrunk to`,
    inspect(input, { depth: 6, maxStringLength: 2000, maxArrayLength: 5, breakLength: 100 }).replace(/^/gm, "  "),
  ].join("\n");
}
