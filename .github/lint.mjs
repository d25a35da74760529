// A part of npm run lint: checks the workflows with actionlint, which Go builds once.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const version = "v1.7.12";
const { CANARY_CACHE, XDG_CACHE_HOME } = process.env;
const cache = CANARY_CACHE || join(XDG_CACHE_HOME || join(homedir(), ".cache"), "canary");
const directory = join(cache, "lint", `actionlint-${version}`);
const actionlint = join(directory, "actionlint");

if (!existsSync(actionlint)) {
  spawnSync("go", ["install", `github.com/rhysd/actionlint/cmd/actionlint@${version}`], {
    env: { ...process.env, GOBIN: directory },
    stdio: "inherit",
  });
}
if (existsSync(actionlint)) {
  const { status } = spawnSync(actionlint, ["-color=false"], { stdio: "inherit" });
  process.exitCode = status ?? 1;
} else {
  console.error("actionlint cannot be had here: the workflows are held to the unit tests alone.");
}
