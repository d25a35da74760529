// npm run readme: runs each command that README.md shows the output of, and puts what it printed there.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";

const shown = /(<!-- output of: (.+?) -->\n)```text\n[\s\S]*?```/g;
const only = process.argv[2];

function run(command) {
  console.log(`running: ${command}`);
  const { status, stdout, stderr } = spawnSync(command, {
    shell: true,
    encoding: "utf8",
    env: { ...process.env, npm_config_loglevel: "silent" },
  });
  if (status !== 0) throw new Error(`${command} ended with exit code ${status}: ${stderr}`);
  return stripVTControlCharacters(stdout)
    .split("\n")
    .filter((line) => !line.startsWith("> "))
    .join("\n")
    .trim();
}

const text = readFileSync("README.md", "utf8").replace(shown, (all, marker, command) => {
  if (only && only !== command) return all;
  return `${marker}\`\`\`text\n${run(command)}\n\`\`\``;
});

const tables = /(<!-- table of: (.+?) -->\n)[\s\S]*?(<!-- end of table -->)/g;
writeFileSync(
  "README.md",
  text.replace(tables, (all, begin, command, end) =>
    only && only !== command ? all : `${begin}\n${run(command)}\n\n${end}`,
  ),
);
