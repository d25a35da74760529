import { chmodSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";

/** A part of a Go module that a tool is compiled without: it takes long to compile, and the sandbox never uses it. */
export interface LeftOut {
  /** What is missing, for whoever uses the tool. */
  readonly what: string;
  readonly module: string;
  /** The file that brings it in. */
  readonly file: string;
  /** The whole of the file without it; or imports that go, which nothing in the file names. */
  readonly without: string | readonly string[];
}

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
  const copy = join(folder, `${basename(source)}-${hashOf(source, JSON.stringify(parts))}`);
  const unfinished = `${copy}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  rmSync(copy, { recursive: true, force: true });
  cpSync(source, unfinished, { recursive: true, filter: (file) => !/_test\.go$|\/testdata(\/|$)/.test(file) });
  for (const { file, without } of parts) {
    const at = join(unfinished, file);
    const text = readFileSync(at, "utf8");
    // The files of Go's cache are for reading alone.
    chmodSync(dirname(at), 0o755);
    chmodSync(at, 0o644);
    writeFileSync(at, typeof without === "string" ? without : withoutImports(text, without, file));
  }
  renameSync(unfinished, copy);
  return copy;
}

/** Throws for an import that the file does not have, or that it names something of. */
function withoutImports(text: string, imports: readonly string[], file: string): string {
  return imports.reduce((left, path) => {
    const line = new RegExp(`^\\s*_ "${path.replace(/[.]/g, "\\.")}".*\n`, "m");
    if (!line.test(left)) throw new Error(`${file} does not import ${path} for its effect alone; see toolchain.ts`);
    return left.replace(line, "");
  }, text);
}

const hashOf = (...parts: readonly string[]) =>
  createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 16);
