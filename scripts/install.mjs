// Installs the packages that package-lock.json names, unless just those are installed already. Every command of
// package.json starts with it; it runs on the Node that there is before.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

const mark = "node_modules/.installed";
/** Links to the process that installs, as `named` names it: made in one step, whatever others do. */
const lock = ".installing";
const leastToInstall = "20";

const { engines } = JSON.parse(readFileSync("package.json", "utf8"));
const leastToRun = engines.node.replace(">=", "");
const wanted = createHash("sha256").update(readFileSync("package-lock.json")).digest("hex");
const isInstalled = () => existsSync(mark) && readFileSync(mark, "utf8") === wanted;

/** Does something while no other process here does. */
async function alone(act) {
  for (let told; !linked(lock); await sleep(100)) {
    const holder = linkedFrom(lock);
    if (holder !== undefined && !isAlive(holder)) passOver(holder);
    else if (holder !== undefined && holder !== told) {
      console.error(`Process ${parseInt(holder)} installs the packages here: waiting for it ...`);
      told = holder;
    }
  }
  try {
    return await act();
  } finally {
    rmSync(lock);
  }
}

/** Removes the lock of a process that was ended; the lock of no other, even if several want to. */
function passOver(ended) {
  const passing = `${lock}.passing`;
  if (linked(passing)) {
    if (linkedFrom(lock) === ended) rmSync(lock);
    rmSync(passing);
    return;
  }
  const by = linkedFrom(passing);
  if (by !== undefined && !isAlive(by))
    throw new Error(
      `${passing}: it was left by process ${parseInt(by)}, which was ended; accepted: remove this file, and start again`,
    );
}

/** Whether this process now has the link; false where it is there already. */
function linked(file) {
  try {
    symlinkSync(named(process.pid), file);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function linkedFrom(file) {
  try {
    return readlinkSync(file);
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

function isAlive(holder) {
  const pid = parseInt(holder);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code === "ESRCH") return false;
  }
  return named(pid) === holder;
}

/** A process by its number and, where the system tells, when it began: in a container the next has the number again. */
function named(pid) {
  try {
    const [, began] = /\) (?:\S+ ){19}(\d+) /.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
    return `${pid}-${began}`;
  } catch {
    return `${pid}`;
  }
}

/** Its exit code. */
async function install() {
  if (isInstalled()) return 0;
  // What is run afterwards may be piped into a file.
  console.error("Installing the packages that package-lock.json pins (about half a minute, 410 MB) ...");
  // Versions of npm differ in whose install scripts they run; no package here needs its own.
  const npm = spawn("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
    stdio: ["inherit", 2, 2],
  });
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, () => npm.kill(name));
  const code = await new Promise((resolve, reject) => {
    npm.on("error", reject);
    npm.on("exit", (status, signal) => resolve(status ?? 128 + constants.signals[signal]));
  });
  if (code === 0) writeFileSync(mark, wanted);
  return code;
}

function isOlder(version, least) {
  const [[major, minor], [leastMajor, leastMinor = 0]] = [version, least].map((each) => each.split(".").map(Number));
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}

async function main() {
  const { node } = process.versions;
  if (isOlder(node, leastToInstall))
    throw new Error(`Node ${node} is too old to install the packages; accepted: ${leastToInstall} or later`);
  const code = isInstalled() ? 0 : await alone(install);
  if (code === 0 && isOlder(node, leastToRun) && !existsSync("node_modules/.bin/node"))
    throw new Error(
      `Node ${node} is too old for these commands, and scripts/node/package.json names none for ${process.platform} on ${process.arch}; accepted: ${leastToRun} or later`,
    );
  return code;
}

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(error.message);
    process.exit(1);
  },
);
