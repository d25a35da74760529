import { inspect } from "node:util";
import type { Found, Run } from "./run";

const longestLine = 200;

/** What a run found, for people. */
export function shown({ configurations, releases, found }: Run, seconds: number): string {
  const rate = Math.round((configurations / Math.max(seconds, 0.001)) * 60);
  return [
    `${configurations} configurations (${rate} a minute), ${releases} of which are releases: ${found.length} faults`,
    ...found.map(fault),
  ].join("\n\n");
}

function fault({ rule, says, args, seed }: Found): string {
  return [
    `${rule}, and here:`,
    `  ${says.slice(0, 500)}`,
    `  --seed ${seed}, shrunk to`,
    inspect(args, { depth: 6, maxStringLength: 100, maxArrayLength: 5, breakLength: 100 })
      .split("\n")
      .map((line) => `  ${line.slice(0, longestLine)}`)
      .join("\n"),
  ].join("\n");
}
