// Installs the packages that package-lock.json names, unless they are installed already. Runs before `npm start` and `npm test`.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";

const installed = "node_modules/.package-lock.json";
const wanted = ["package.json", "package-lock.json"];
const current = existsSync(installed) && wanted.every((file) => statSync(file).mtimeMs <= statSync(installed).mtimeMs);
if (!current) {
  console.log("Installing the packages that package-lock.json pins (about half a minute, 410 MB) ...");
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { stdio: "inherit" });
  process.exit(status ?? 1);
}
