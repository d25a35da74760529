// npm run readme: runs each command that README.md shows the output of, and puts what it printed there.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";

const shown = /(<!-- output of: (.+?) -->\n)```text\n[\s\S]*?```/g;
const only = process.argv[2];

const text = readFileSync("README.md", "utf8").replace(shown, (all, marker, command) => {
  if (only && only !== command) return all;
  console.log(`running: ${command}`);
  const { status, stdout, stderr } = spawnSync(command, { shell: true, encoding: "utf8", env: { ...process.env, npm_config_loglevel: "silent" } });
  if (status !== 0) throw new Error(`${command} ended with exit code ${status}: ${stderr}`);
  const printed = stripVTControlCharacters(stdout).split("\n").filter((line) => !line.startsWith("> ")).join("\n").trim();
  return `${marker}\`\`\`text\n${printed}\n\`\`\``;
});
writeFileSync("README.md", text);
