import { readFileSync } from "node:fs";
import { dump } from "js-yaml";
import { subjects } from "../release/settings";
import { keysOf, type ConfigurationKey } from "../release/settings/keys";
import { programKeys } from "../release/settings/stackConfiguration";

/** Every subject with its keys, as their schemas say them. */
const described = Object.entries({ ...subjects, "The program": programKeys }).map(([title, shape]) => ({
  title,
  keys: keysOf(shape),
}));

/** Pulumi.yaml with the `config:` that the schema says. */
export function pulumiYaml(): string {
  const keys = described.flatMap((subject) => subject.keys);
  const [project = ""] = readFileSync("Pulumi.yaml", "utf8").split(/^config:/m);
  const config = Object.fromEntries(keys.map((key) => [key.name, declared(key)]));
  return `${project}${dump({ config }, { noRefs: true, lineWidth: -1, quoteStyle: "double" })}`;
}

function declared({ type, items, description, default: value }: ConfigurationKey): object {
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

function table(keys: readonly ConfigurationKey[]): string {
  return [
    "| key | what it is | type | default | accepted |",
    "| --- | --- | --- | --- | --- |",
    ...keys.flatMap((key) => rows(key, key.name)),
  ].join("\n");
}

/** A row for a key, and one for each key inside it. */
function rows(key: ConfigurationKey, name: string): readonly string[] {
  const inside = `${name}${key.type === "array" ? "[]" : ""}.`;
  const cells = [`\`${name}\``, cell(key.description), key.shape, given(key), cell(key.accepted ?? "")];
  return [`| ${cells.join(" | ")} |`, ...key.keys.flatMap((each) => rows(each, `${inside}${each.name}`))];
}

/** What a key is where its author does not say; of a map with keys of its own, their rows say it. */
function given({ required, default: value, type, keys }: ConfigurationKey): string {
  if (required) return "required";
  const isSaidInside = type === "object" && keys.length > 0 && keys.every(({ name }) => name !== "*");
  if (value === undefined || isSaidInside) return "";
  return `\`${cell(typeof value === "string" && value !== "" ? value : JSON.stringify(value))}\``;
}

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ");
