import { dump } from "js-yaml";
import { exceptionAnnotation } from "../../manifests/annotations";
import { printable } from "../../release/printable";
import { summary, type Report, type Reported } from "./check";

/** For people: each finding with its lines, why it hurts and how to mend it; then what was counted. */
export function asText(report: Report): string {
  // Why, is said beside the report.
  if (report.problems.length > 0) return "";
  const unused = report.unused.map(
    ({ rule, object, until }) => `note: the exception from ${rule} for ${object}, until ${until}, covers no object`,
  );
  return `${[...report.findings.flatMap(inWords), ...unused, summary(report)].map(printable).join("\n")}\n`;
}

/** Its lines. */
function inWords(finding: Reported): readonly string[] {
  const { rule, severity, kind, file, origin, excerpt, exception } = finding;
  const head = `${file}:${excerpt.line}: ${kind === "violation" ? severity : `${severity}: ${kind}`}: ${rule.name}`;
  const lines = [
    head,
    `  ${whereAndWhat(finding)}`,
    ...excerpt.text.map((line, index) => `  ${String(excerpt.line + index).padStart(5)} | ${line}`),
  ];
  if (origin !== undefined) lines.push(`  from: ${origin}`);
  if (exception) lines.push(`  excepted until ${exception.until}: ${exception.reason}`);
  if (kind === "violation") lines.push(`  why:  ${rule.why}`, `  mend: ${rule.mend}`, ...mended(finding));
  return [...lines, ""];
}

/** "Rollout shop/web, spec.replicas: what is wrong with it". */
export function whereAndWhat({ name, field, message }: Reported): string {
  const where = [name, field].filter((part) => part !== undefined);
  return where.length > 0 ? `${where.join(", ")}: ${message}` : message;
}

/** The field as the rule would accept it. */
function mended({ mended, place }: Reported): readonly string[] {
  const key = place.at(-1);
  if (mended === undefined || key === undefined) return [];
  const text = dump(typeof key === "number" ? [mended] : { [key]: mended });
  return text
    .trimEnd()
    .split("\n")
    .map((line) => `        ${line}`);
}

/** How to let an object break a rule, for whoever reads a finding and disagrees. */
export const howToExcept = `An object may break a rule by its annotation ${exceptionAnnotation}<rule>: "until 2027-01-31: <the reason>", or by the configuration's exceptions.`;
