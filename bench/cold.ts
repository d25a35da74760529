import Table from "cli-table3";
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatDuration } from "../release/units";

/** A first `npm start` on two idle cores may take so long, and leave so much on the disk. */
const most = { seconds: 12 * 60, bytes: 7e9 };
const repository = join(__dirname, "..");

/**
 * Times `npm start` of the last commit in a fresh clone, with empty caches of its own for packages, Go modules,
 * compiled Go and tools; all of it is compiled. Returns whether the bounds are kept.
 */
export async function benchCold(): Promise<boolean> {
  const root = mkdtempSync(join(tmpdir(), "canary-cold-"));
  const places = {
    clone: join(root, "clone"),
    "npm's cache": join(root, "npm"),
    "Go modules": join(root, "modules"),
    "compiled Go": join(root, "compiled"),
    tools: join(root, "tools"),
  };
  const env = {
    ...process.env,
    npm_config_cache: places["npm's cache"],
    GOMODCACHE: places["Go modules"],
    GOCACHE: places["compiled Go"],
    // Else Go makes its modules read-only, which cannot be deleted.
    GOFLAGS: `${process.env.GOFLAGS ?? ""} -modcacherw`.trim(),
    CANARY_CACHE: places.tools,
    CANARY_TOOLS: "compile",
  };
  try {
    execFileSync("git", ["clone", "--quiet", repository, places.clone]);
    for (const place of Object.values(places)) mkdirSync(place, { recursive: true });
    const { seconds, processorSeconds } = await timed("npm start", places.clone, env);
    const used = Object.entries(places).map(([name, place]) => ({ name, bytes: bytesIn(place) }));
    const bytes = used.reduce((sum, each) => sum + each.bytes, 0);
    const gigabytes = (of: number) => `${(of / 1e9).toFixed(1)} GB`;
    const table = new Table({ head: ["first npm start, empty caches", "seen", "at most"], style: { head: [] } });
    table.push(
      ["wall time", formatDuration(Math.round(seconds)), formatDuration(most.seconds)],
      ["processor time", formatDuration(Math.round(processorSeconds)), ""],
      ["disk", gigabytes(bytes), gigabytes(most.bytes)],
      ...used.map((each) => [`  ${each.name}`, gigabytes(each.bytes), ""]),
    );
    console.log(table.toString());
    return seconds <= most.seconds && bytes <= most.bytes;
  } finally {
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Runs a command with its output shown. Throws where it fails. */
async function timed(
  command: string,
  directory: string,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly seconds: number; readonly processorSeconds: number }> {
  // Bash knows the processor time of all that ran below it.
  const script = `TIMEFORMAT='%R %U %S'; { time ${command} >&4 2>&4; } 4>&2 2>&3`;
  const child = spawn("bash", ["-c", script], { cwd: directory, env, stdio: ["ignore", "ignore", "inherit", "pipe"] });
  let printed = "";
  child.stdio[3]?.on("data", (text: Buffer) => (printed += text.toString()));
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`${command} ended with code ${code}`);
  const [seconds = NaN, user = NaN, system = NaN] = printed.trim().split(/\s+/).map(Number);
  return { seconds, processorSeconds: user + system };
}

const bytesIn = (place: string) =>
  Number(execFileSync("du", ["-sk", place], { encoding: "utf8" }).split("\t")[0]) * 1024;
