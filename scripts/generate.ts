// npm run generate: writes Pulumi.yaml's configuration, the rules' pages, and the generated parts of docs/.
// npm run generate -- COMMAND...: also runs these commands, and puts what they print where docs/ shows it.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { Argument, Command } from "commander";
import { stackRelease } from "../commands/printPlan";
import { compatibilityTables } from "../manifests/compatibilityTable";
import { describeRelease } from "../manifests/describe";
import { planReport } from "../manifests/planReport";
import { folder as rulesFolder, pages } from "../policies/rules/pages";
import { configurationTables, pulumiYaml } from "./configurationDocs";
import { wallsTable } from "./walls.mjs";

/** What stands between `<!-- generated: NAME -->` and `<!-- end of generated -->` in a page of docs/. */
const parts: Readonly<Record<string, () => string>> = {
  "configuration keys": configurationTables,
  compatibility: () => compatibilityTables().join("\n").trim(),
  rooms: wallsTable,
  "npm run plan -- --stack prod": () => inFence(planReport(describeRelease(stackRelease("prod"))).lines.join("\n")),
};

/** Every generated file with the text that it is to have. */
export function generated(): ReadonlyMap<string, string> {
  return new Map([
    ["Pulumi.yaml", pulumiYaml()],
    ...documents().map((file) => [file, withParts(readFileSync(file, "utf8"))] as const),
    ...[...pages()].map(([file, text]) => [join(rulesFolder, file), text] as const),
  ]);
}

const documents = () =>
  readdirSync("docs")
    .filter((file) => file.endsWith(".md"))
    .map((file) => join("docs", file));

const inFence = (text: string) => `\`\`\`text\n${text}\n\`\`\``;

function withParts(text: string): string {
  const marked = /(<!-- generated: (.+?) -->\n)[\s\S]*?(<!-- end of generated -->)/g;
  return text.replace(marked, (_, begin: string, name: string, end: string) => {
    const part = parts[name];
    if (!part) throw new Error(`generated: ${name}: nothing of this name; accepted: ${Object.keys(parts).join(", ")}`);
    return `${begin}\n${part()}\n\n${end}`;
  });
}

/** What a command printed follows `<!-- output of: COMMAND -->`. These take long, and measure. */
const shown = /(<!-- output of: (.+?) -->\n)```text\n[\s\S]*?```/g;

/** The commands whose output docs/ shows. */
const shownCommands = () =>
  documents().flatMap((file) => [...readFileSync(file, "utf8").matchAll(shown)].map(([, , command = ""]) => command));

function withOutputs(text: string, commands: readonly string[]): string {
  return text.replace(shown, (all, marker: string, command: string) =>
    commands.includes(command) ? `${marker}${inFence(outputOf(command))}` : all,
  );
}

function outputOf(command: string): string {
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

function write(commands: readonly string[]): void {
  for (const file of documents()) writeFileSync(file, withOutputs(readFileSync(file, "utf8"), commands));
  const texts = generated();
  for (const file of readdirSync(rulesFolder)) rmSync(join(rulesFolder, file));
  for (const [file, text] of texts) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

if (require.main === module) {
  const { args } = new Command("npm run generate --")
    .description("Writes all that is generated: Pulumi.yaml's configuration, docs/rules, and parts of docs/.")
    .addArgument(new Argument("[commands...]", "also run these, and show their output").choices(shownCommands()))
    .parse();
  write(args);
}
