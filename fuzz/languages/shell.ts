import { spawnSync } from "node:child_process";

/** Why bash, which Flagger's load tester runs a command in, would not read it; undefined where it does. */
export function refusedScript(script: string): string | undefined {
  if (script.includes("\0")) return "it holds a NUL";
  const { status, stderr } = spawnSync("bash", ["-n"], { input: script, encoding: "utf8" });
  return status === 0 ? undefined : stderr.trim();
}
