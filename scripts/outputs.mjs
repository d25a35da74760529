// npm run outputs [-- COMMAND]: runs each command whose output the documentation shows, or one of them, and puts there
// what it printed.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";

const shown = /(<!-- output of: (.+?) -->\n)```text\n[\s\S]*?```/g;
const only = process.argv[2];

function run(command) {
  console.log(`running: ${command}`);
  const env = { ...process.env, npm_config_loglevel: "silent" };
  const { status, stdout, stderr } = spawnSync(command, { shell: true, encoding: "utf8", env });
  if (status !== 0) throw new Error(`${command} ended with exit code ${status}: ${stderr}`);
  const lines = stripVTControlCharacters(stdout).split("\n");
  return lines
    .filter((line) => !line.startsWith("> "))
    .join("\n")
    .trim();
}

for (const file of readdirSync("docs").filter((name) => name.endsWith(".md"))) {
  const text = readFileSync(join("docs", file), "utf8");
  const next = text.replace(shown, (all, marker, command) =>
    only && only !== command ? all : `${marker}\`\`\`text\n${run(command)}\n\`\`\``,
  );
  if (next !== text) writeFileSync(join("docs", file), next);
}
