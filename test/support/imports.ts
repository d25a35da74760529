import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** The files of this repository that a file imports, loads or runs by a relative path. */
export function importsOf(file: string): readonly string[] {
  const text = readFileSync(file, "utf8");
  const named = [...text.matchAll(/(?:from|import|import\(|require\(|require\.resolve\()\s*"(\.{1,2}[^"]*)"/g)];
  return named.flatMap(([, specifier = ""]) => resolved(normalize(join(dirname(file), specifier))) ?? []);
}

function resolved(path: string): string | undefined {
  const bare = path.replace(/\.js$/, "");
  const candidates = [path, `${bare}.ts`, join(path, "index.ts")];
  return candidates.find((each) => existsSync(each) && statSync(each).isFile());
}

/** All files that a file imports, directly or through others. */
export function reachableFrom(file: string): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (each: string): void => {
    for (const next of importsOf(each)) {
      if (found.has(next)) continue;
      found.add(next);
      visit(next);
    }
  };
  visit(file);
  return found;
}
