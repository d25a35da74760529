// npm run generate: writes Pulumi.yaml's configuration, the rules' pages, and the generated parts of docs/.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { compatibilityTables } from "../manifests/compatibilityTable";
import { folder as rulesFolder, pages } from "../policies/rules/pages";
import { configurationTables, pulumiYaml } from "./configurationDocs";
import { wallsTable } from "./walls.mjs";

/** What stands between `<!-- generated: NAME -->` and `<!-- end of generated -->` in a page of docs/. */
const parts: Readonly<Record<string, () => string>> = {
  "configuration keys": configurationTables,
  compatibility: () => compatibilityTables().join("\n").trim(),
  rooms: wallsTable,
};

/** Every generated file with the text that it is to have. */
export function generated(): ReadonlyMap<string, string> {
  const documents = readdirSync("docs").filter((file) => file.endsWith(".md"));
  return new Map([
    ["Pulumi.yaml", pulumiYaml()],
    ...documents.map((file) => [join("docs", file), withParts(readFileSync(join("docs", file), "utf8"))] as const),
    ...[...pages()].map(([file, text]) => [join(rulesFolder, file), text] as const),
  ]);
}

function withParts(text: string): string {
  const marked = /(<!-- generated: (.+?) -->\n)[\s\S]*?(<!-- end of generated -->)/g;
  return text.replace(marked, (_, begin: string, name: string, end: string) => {
    const part = parts[name];
    if (!part) throw new Error(`generated: ${name}: nothing of this name; accepted: ${Object.keys(parts).join(", ")}`);
    return `${begin}\n${part()}\n\n${end}`;
  });
}

function write(): void {
  const texts = generated();
  for (const file of readdirSync(rulesFolder)) rmSync(join(rulesFolder, file));
  for (const [file, text] of texts) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

if (require.main === module) write();
