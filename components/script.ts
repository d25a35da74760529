import { relative } from "node:path";

/** The command line that runs one of this library's own scripts, from the program's folder. */
export function scriptOf(file: string): string {
  return `node --require ts-node/register/transpile-only ${relative(process.cwd(), file)}`;
}
