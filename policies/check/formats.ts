import type { Log, Result } from "sarif";
import { commandAnywhere, unprintable } from "../../release/printable";
import { exceptions } from "../gate/exceptions";
import type { Rule } from "../gate/rule";
import type { FormatName } from "./asked";
import { summary, type Report, type Reported } from "./check";
import { asText, whereAndWhat } from "./text";

type Format = (report: Report, rules: readonly Rule[]) => string;

/** How a report can be written, by the name of the format. */
export const formats: Readonly<Record<FormatName, Format>> = {
  text: asText,
  json: asJson,
  sarif: asSarif,
  junit: asJunit,
};

/** What a program reads of a finding. */
function plain({ rule, severity, kind, message, name, field, file, origin, excerpt, exception, mended }: Reported) {
  return {
    rule: rule.name,
    severity,
    kind,
    object: name,
    field,
    message,
    why: rule.why,
    mend: rule.mend,
    mended,
    file,
    line: excerpt.line,
    origin,
    exception,
  };
}

function asJson(report: Report): string {
  const { findings, ...rest } = report;
  return json({ ...rest, summary: summary(report), findings: findings.map(plain) });
}

/** With what no line is to hold as JSON escapes it, which is wherever a text may hold it. */
function json(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2).replace(commandAnywhere, "#\\u0023");
  return `${text.replace(unprintable, (character) => (character === "\n" ? character : inJson(character)))}\n`;
}

/** Escaped by each of its halves. */
const inJson = (character: string) =>
  character.replace(/[^]/g, (half) => `\\u${half.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** SARIF 2.1.0, which code hosts show beside the lines. */
function asSarif(report: Report, rules: readonly Rule[]): string {
  const level = { error: "error", warning: "warning" } as const;
  const descriptors = [...rules, exceptions].map(({ name, severity, wrong, why, mend }) => ({
    id: name,
    shortDescription: { text: wrong },
    fullDescription: { text: `${wrong} ${why}` },
    help: { text: mend },
    defaultConfiguration: { level: level[severity] },
  }));
  const log: Log = {
    version: "2.1.0",
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    runs: [
      {
        tool: { driver: { name: "canary", rules: descriptors } },
        columnKind: "utf16CodeUnits",
        invocations: [
          {
            executionSuccessful: report.problems.length === 0,
            toolExecutionNotifications: report.problems.map((text) => ({
              level: "error",
              message: { text: withoutLinks(text) },
            })),
          },
        ],
        results: report.findings.map(sarifResult),
      },
    ],
  };
  return json(log);
}

function sarifResult(finding: Reported): Result {
  const { rule, kind, severity, file, excerpt, name, exception } = finding;
  const logicalLocations = name === undefined ? {} : { logicalLocations: [{ fullyQualifiedName: name }] };
  return {
    ruleId: rule.name,
    level: severity,
    message: { text: withoutLinks(`${kind === "not judged" ? "not judged: " : ""}${whereAndWhat(finding)}`) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: uriOf(file) }, region: { startLine: excerpt.line } },
        ...logicalLocations,
      },
    ],
    ...(exception && {
      suppressions: [
        { kind: "external", status: "accepted", justification: `until ${exception.until}: ${exception.reason}` },
      ],
    }),
  };
}

/** What SARIF takes for a link is [text](address). */
const withoutLinks = (text: string) => text.replaceAll("](", "] (");

const uriOf = (file: string) => file.replaceAll("\\", "/").split("/").map(encodeURIComponent).join("/");

/**
 * A test suite with a test case for each finding; without one, a test case that passes, or that has an error for each
 * reason why nothing was judged.
 */
function asJunit(report: Report): string {
  const { findings, problems } = report;
  const failures = findings.filter(({ kind, severity }) => kind === "violation" || severity === "error").length;
  const cases = findings.map(junitCase);
  if (cases.length === 0)
    cases.push(
      element(
        "testcase",
        { classname: "canary", name: summary(report) },
        ...problems.map((message) => element("error", { message })),
      ),
    );
  const skipped = findings.length - failures;
  const suite = { name: "canary", tests: cases.length, failures, errors: Math.min(1, problems.length), skipped };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element("testsuites", {}, element("testsuite", suite, ...cases))}\n`;
}

function junitCase(finding: Reported): string {
  const { rule, kind, severity, file, excerpt, exception } = finding;
  const where = { classname: `canary.${rule.name}`, name: whereAndWhat(finding), file, line: excerpt.line };
  const text = `${file}:${excerpt.line}\n${rule.why}\n${rule.mend}`;
  const reason = exception ? `excepted until ${exception.until}: ${exception.reason}` : kind;
  const isFailure = kind === "violation" || severity === "error";
  return element(
    "testcase",
    where,
    isFailure
      ? element("failure", { type: severity, message: finding.message }, escape(text))
      : element("skipped", { message: reason }),
  );
}

function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  ...content: readonly string[]
): string {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escape(String(value))}"`)
    .join("");
  return content.length > 0 ? `<${name}${written}>${content.join("\n")}</${name}>` : `<${name}${written}/>`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** Characters that XML cannot have. */
const notInXml =
  // eslint-disable-next-line no-control-regex
  /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function escape(text: string): string {
  return text
    .replace(notInXml, "")
    .replace(/[&<>"]/g, (character) => entities[character] ?? "")
    .replace(commandAnywhere, "#&#35;")
    .replace(unprintable, (character) => `&#${character.codePointAt(0) ?? 0};`);
}
