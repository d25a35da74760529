import { join } from "node:path";

const root = join(__dirname, "..", "..");

/** The command that runs one of this directory's programs in a Node of its own, and the directory to run it in. */
export function typeScriptCommand(
  file: string,
  args: readonly string[],
): { command: string; args: string[]; directory: string } {
  return {
    command: process.execPath,
    args: ["-r", require.resolve("ts-node/register/transpile-only"), join(root, "sandbox", file), ...args],
    directory: root,
  };
}
