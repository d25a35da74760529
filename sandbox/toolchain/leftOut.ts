import { chmodSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";

/** What a pattern finds in a file, exactly once, and what is there in its place. */
export type Edit = readonly [found: RegExp, instead: string];

/** A part of a Go module that a tool is compiled without: it takes long to compile, and the sandbox never uses it. */
export interface LeftOut {
  /** What is missing, for whoever uses the tool. */
  readonly what: string;
  readonly module: string;
  /** By path in the module: that a file is gone, edits of it, or the whole of its new text. */
  readonly files: Readonly<Record<string, "gone" | readonly Edit[] | (string & {})>>;
}

/** What makes one part differ from another, as text. */
export const keyOf = (parts: readonly LeftOut[]): string =>
  JSON.stringify(parts, (_, value: unknown) => (value instanceof RegExp ? `${value}` : value));

/** Where Go keeps the files of a module of the main one in a folder. */
export type ModuleFolder = (module: string) => Promise<string>;

/**
 * A go.mod beside that of a folder, with copies of the modules that a tool is compiled without parts of. Returns the
 * flags for Go, none where nothing is left out. The copies stay in `folder`, under a name that changes with them.
 */
export async function flagsWithout(
  parts: readonly LeftOut[],
  directory: string,
  folder: string,
  folderOf: ModuleFolder,
): Promise<readonly string[]> {
  if (parts.length === 0) return [];
  const modules = [...new Set(parts.map(({ module }) => module))];
  const replaced: string[] = [];
  for (const module of modules) {
    const copy = copyWithout(
      parts.filter((part) => part.module === module),
      await folderOf(module),
      folder,
    );
    replaced.push(`replace ${module} => ${copy}`);
  }
  const pins = readFileSync(join(directory, "go.mod"), "utf8");
  const file = join(folder, `${hashOf(pins, ...replaced)}.mod`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file.replace(/mod$/, "sum"), readFileSync(join(directory, "go.sum")));
  writeFileSync(file, `${pins}\n${replaced.join("\n")}\n`);
  return [`-modfile=${file}`];
}

function copyWithout(parts: readonly LeftOut[], source: string, folder: string): string {
  const copy = join(folder, `${basename(source)}-${hashOf(source, keyOf(parts))}`);
  const unfinished = `${copy}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  rmSync(copy, { recursive: true, force: true });
  cpSync(source, unfinished, { recursive: true, filter: (file) => !/_test\.go$|\/testdata(\/|$)/.test(file) });
  for (const [file, change] of parts.flatMap(({ files }) => Object.entries(files))) {
    const at = join(unfinished, file);
    const text = readFileSync(at, "utf8");
    // The files of Go's cache are for reading alone.
    chmodSync(dirname(at), 0o755);
    chmodSync(at, 0o644);
    if (change === "gone") rmSync(at);
    else writeFileSync(at, typeof change === "string" ? change : edited(text, change, file));
  }
  renameSync(unfinished, copy);
  return copy;
}

/** Throws for an edit that finds nothing, or more than one place: it was made for another version of the module. */
function edited(text: string, edits: readonly Edit[], file: string): string {
  return edits.reduce((left, [found, instead]) => {
    const times = [...left.matchAll(new RegExp(found, `${found.flags}g`))].length;
    if (times !== 1)
      throw new Error(`${file} has ${times} places like ${found.source}, and 1 is accepted; see parts.ts`);
    return left.replace(found, instead);
  }, text);
}

const hashOf = (...parts: readonly string[]) =>
  createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 16);
