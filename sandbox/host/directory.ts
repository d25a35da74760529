import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const keptLogs = 5;

/**
 * Where built tools and running sandboxes are kept, outside the work tree: `$CANARY_CACHE`, else
 * `$XDG_CACHE_HOME/canary`, else `~/.cache/canary`.
 */
export function cacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  return environment.CANARY_CACHE || join(environment.XDG_CACHE_HOME || join(homedir(), ".cache"), "canary");
}

/** A path of this call alone beside another: what is made there gets the other name when it is whole. */
export const unfinishedBeside = (path: string) => `${path}.${process.pid}-${process.hrtime.bigint()}`;

/** A process told apart from any later one that gets the same number. */
export interface Owner {
  readonly pid: number;
  /** Clock ticks between the machine's boot and the start of the process, and which boot. */
  readonly startedAt: string;
}

/** This process as the rest of the machine sees it: inside a PID namespace `process.pid` is another number. */
export function thisProcess(): Owner {
  const pid = process.platform === "linux" ? Number(readlinkSync("/proc/self")) : process.pid;
  return { pid, startedAt: startOf(pid) ?? "" };
}

/** Whether exactly this process still runs. */
export function isAlive(owner: Owner): boolean {
  return startOf(owner.pid) === owner.startedAt;
}

function startOf(pid: number): string | undefined {
  try {
    if (process.platform !== "linux")
      return execFileSync("ps", ["-o", "lstart=", "-p", `${pid}`], { encoding: "utf8" }).trim() || undefined;
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const afterName = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (afterName[0] === "Z") return undefined;
    return `${afterName[19]}@${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}`;
  } catch {
    return undefined;
  }
}

/** The owner that a file names, or nothing when the file is not there or was never finished. */
export function readOwner(file: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Owner;
  } catch {
    return undefined;
  }
}

/** The directory of one running sandbox. */
export interface SandboxDirectory {
  readonly path: string;
  readonly data: string;
  readonly logs: string;
  /** Removes everything but the logs. */
  release(): void;
}

/**
 * Makes the directory of a new sandbox, owned by this process, after it cleaned those whose owner is gone: their data
 * is removed, the logs of the last five are kept.
 */
export function createSandboxDirectory(root: string = join(cacheDirectory(), "sandboxes")): SandboxDirectory {
  mkdirSync(root, { recursive: true });
  removeDeadSandboxes(root);
  const owner = thisProcess();
  const stamp = new Date().toISOString().replace(/[-:]/g, "").replace("T", "-").replace(/\..*/, "");
  const unfinished = join(root, `.${owner.pid}-${process.hrtime.bigint()}`);
  // What is in it opens the cluster, and the stack's secrets.
  mkdirSync(unfinished, { mode: 0o700 });
  mkdirSync(join(unfinished, "data"));
  mkdirSync(join(unfinished, "logs"));
  writeFileSync(join(unfinished, "owner"), JSON.stringify(owner));
  const path = freeName(join(root, `${stamp}-${owner.pid}`));
  renameSync(unfinished, path);
  return { path, data: join(path, "data"), logs: join(path, "logs"), release: () => keepLogsOnly(path) };
}

function freeName(path: string): string {
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? path : `${path}-${n}`;
    if (!existsSync(candidate)) return candidate;
  }
}

/** Cleans the directories of sandboxes whose owner is gone and answers which those were. */
export function removeDeadSandboxes(root: string): string[] {
  const dead = readdirSync(root)
    .filter((name) => !name.startsWith("."))
    .sort()
    .map((name) => join(root, name))
    .filter((path) => {
      const owner = readOwner(join(path, "owner"));
      return owner === undefined || !isAlive(owner);
    });
  dead.forEach((path, index) => {
    if (index < dead.length - keptLogs) rmSync(path, { recursive: true, force: true });
    else keepLogsOnly(path);
  });
  return dead;
}

function keepLogsOnly(path: string): void {
  for (const name of readdirSync(path)) {
    if (name !== "logs") rmSync(join(path, name), { recursive: true, force: true });
  }
}
