import { readFileSync } from "node:fs";
import { join } from "node:path";
import { exceptionAnnotation } from "../../manifests/annotations";
import { exceptions, leastReason } from "../gate/exceptions";
import type { RuleText } from "../gate/judge";
import { rules, rulesByRoom } from ".";

/** Where the pages are, from the root of the repository. */
export const folder = join("docs", "rules");

/** Objects that break a rule, and the nearest that it accepts, in YAML. */
export interface Examples {
  readonly unsafe: string;
  readonly safe: string;
}

/** The examples of a rule, from the file beside it; nothing for what has none, such as the exceptions. */
export function examplesOf({ name }: Pick<RuleText, "name">): Examples | undefined {
  const room = Object.entries(rulesByRoom).find(([, { rules }]) => rules.some((rule) => rule.name === name))?.[0];
  if (room === undefined) return undefined;
  const file = join(__dirname, room, `${name}.yaml`);
  const [, unsafe, safe] = /^# Unsafe\n([\s\S]+)\n---\n# Safe\n([\s\S]+)$/.exec(readFileSync(file, "utf8")) ?? [];
  if (unsafe === undefined || safe === undefined)
    throw new Error(`${file}: has no two parts; accepted: "# Unsafe", objects, "---", "# Safe", objects`);
  return { unsafe, safe };
}

/** The text of each page by its file, made from the rules themselves. */
export function pages(of: readonly RuleText[] = [...rules, exceptions]): ReadonlyMap<string, string> {
  return new Map([["README.md", overview()], ...of.map((rule) => [`${rule.name}.md`, page(rule)] as const)]);
}

function overview(): string {
  return paragraphs(
    "# The rules of the gate",
    "`npm run generate` writes these pages from the rules in `policies/rules/` and the examples beside them, which the tests hold the rules to.",
    ...Object.entries(rulesByRoom).flatMap(([room, { about, rules }]) => [
      `## ${capitalised(room)}`,
      about,
      table(rules),
    ]),
    "## Configuration",
    "The policy pack and the check read the same file, the check also in YAML. `mandatory` is an error, `advisory` a warning:",
    fenced("json", JSON.stringify(configuration, undefined, 2)),
    "```sh\npulumi preview --policy-pack policies --policy-pack-config gate.json\nnpm run check -- --config gate.json manifests/\n```",
    "## Exceptions",
    `An object may break a rule for a reason of at least ${leastReason} characters, until the end of a day (UTC): by the configuration, as above, with * for any text in the object's kind and name; or by an annotation of the object that the finding names:`,
    fenced(
      "yaml",
      `metadata:\n  annotations:\n    ${exceptionAnnotation}first-weight: "until 2027-01-31: a first stage of 20 % was agreed on with both teams"`,
    ),
    `What is excepted is listed in every output. An exception that has ended excepts nothing, and is an error itself: [${exceptions.name}](${exceptions.name}.md).`,
  );
}

function table(rules: readonly RuleText[]): string {
  const rows = rules.map(({ name, severity, wrong }) => `| [${name}](${name}.md) | ${severity} | ${cell(wrong)} |`);
  return ["| rule | severity | what is wrong |", "| --- | --- | --- |", ...rows].join("\n");
}

const configuration = {
  "first-weight": {
    most: 20,
    exceptions: [{ object: "Rollout shop/*", reason: "agreed on with both teams", until: "2027-01-31" }],
  },
  probes: "advisory",
  "not-judged": "mandatory",
};

function page({ name, severity, wrong, why, mend, source, kinds, limits }: RuleText): string {
  const examples = examplesOf({ name });
  const numbers = Object.entries(limits).map(
    ([limit, { default: value, least, most, description }]) =>
      `| \`${limit}\` | ${value} | ${least} to ${most} | ${cell(description)} |`,
  );
  return paragraphs(
    `# ${name}`,
    `${wrong} (${severity})`,
    why,
    `**Mend it:** ${mend}`,
    ...(kinds.length > 0 ? [`**Judges:** ${kinds.join(", ")}`] : []),
    ...(numbers.length > 0
      ? ["| limit | default | accepted | what it is |\n| --- | --- | --- | --- |\n" + numbers.join("\n")]
      : []),
    ...(examples
      ? ["## Unsafe", fenced("yaml", examples.unsafe), "## The nearest that is safe", fenced("yaml", examples.safe)]
      : []),
    `**Source:** ${source}`,
  );
}

const paragraphs = (...parts: readonly string[]) => `${parts.join("\n\n")}\n`;
const fenced = (language: string, text: string) => `\`\`\`${language}\n${text.trim()}\n\`\`\``;
const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const cell = (text: string) => text.replaceAll("|", "\\|");
