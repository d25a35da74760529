import { readFileSync } from "node:fs";
import { parseDocument, stringify } from "yaml";
import { subjects } from "../release/settings";
import { keyOfSchema, type Key } from "../release/settings/keys";
import { programKeys } from "../release/settings/stackConfiguration";

/** Every subject with its keys, as their schemas say them. */
const described: readonly { readonly title: string; readonly keys: readonly Key[] }[] = Object.entries({
  ...subjects,
  "The program": programKeys,
}).map(([title, keys]) => ({
  title,
  keys: Object.entries(keys).map(([name, schema]) => keyOfSchema(name, schema)),
}));

/** Pulumi.yaml with the `config:` that the schema says. */
export function pulumiYaml(): string {
  const keys = described.flatMap((subject) => subject.keys);
  const project = parseDocument(readFileSync("Pulumi.yaml", "utf8"));
  project.delete("config");
  const config = Object.fromEntries(keys.map((key) => [key.name, declared(key)]));
  return `${project.toString({ lineWidth: 0 })}${stringify({ config }, { lineWidth: 0 })}`;
}

function declared({ type, items, description, default: value }: Key): object {
  return {
    type,
    ...(items && { items: { type: items } }),
    description,
    ...(value !== undefined && { default: value }),
  };
}

/** A table for each subject, in Markdown. */
export function configurationTables(): string {
  return described.flatMap(({ title, keys }) => [`## ${title}`, table(keys)]).join("\n\n");
}

function table(keys: readonly Key[]): string {
  return [
    "| key | what it is | default | accepted |",
    "| --- | --- | --- | --- |",
    ...keys.flatMap((key) => rows(key, "")),
  ].join("\n");
}

/** A row for a key, and one for each key inside it. */
function rows(key: Key, around: string): readonly string[] {
  const name = `${around}${key.name}`;
  const value = key.default === undefined ? "" : code(inWords(key.default));
  const row = `| \`${name}\` | ${cell(key.description)} | ${key.keys.length > 0 && key.type === "object" ? "" : value} | ${cell(key.accepted ?? "")} |`;
  const inside = key.type === "array" ? `${name}[].` : `${name}.`;
  return [row, ...key.keys.flatMap((each) => rows(each, inside))];
}

const inWords = (value: unknown): string => (typeof value === "string" && value !== "" ? value : JSON.stringify(value));
const code = (text: string) => `\`${cell(text)}\``;
const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ");
