// Installs the packages that package-lock.json names, unless just those are installed already. Runs before `npm start`
// and `npm test`.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const mark = "node_modules/.installed";
const wanted = createHash("sha256").update(readFileSync("package-lock.json")).digest("hex");
const installed = existsSync(mark) ? readFileSync(mark, "utf8") : "";
if (installed !== wanted) {
  // What is run afterwards may be piped into a file.
  console.error("Installing the packages that package-lock.json pins (about half a minute, 410 MB) ...");
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    stdio: ["inherit", 2, 2],
  });
  if (status !== 0) process.exit(status ?? 1);
  writeFileSync(mark, wanted);
}
