import { relative } from "node:path";
import { shellWord } from "../manifests/shell";

/** The shell's command line that runs one of this library's own scripts from a folder, compiled or not. */
export function commandLineOf(script: string, folder: string = process.cwd()): string {
  const loader = script.endsWith(".ts") ? ["--require", "ts-node/register/transpile-only"] : [];
  // What begins with a dash would be an option.
  const path = relative(folder, script).replace(/^-/, "./-");
  return ["node", ...loader, path].map(shellWord).join(" ");
}
