import { covers, type ConfiguredException } from "../gate/exceptions";
import { judge, judgeAnnotatedExceptions, judgeConfiguredExceptions, type Judged } from "../gate/judge";
import { nameOf, type Input } from "../objects/input";
import { ObjectSet } from "../objects/objectSet";
import type { Rule } from "../gate/rule";
import type { Configuration } from "./configuration";
import type { Read } from "./files";
import type { Located } from "./located";
import type { Excerpt } from "./yaml";

/** What was not judged, or is excepted, is a note unless it is configured as mandatory. */
export type Severity = "error" | "warning" | "note";

/** A finding and where it is. */
export interface Reported extends Omit<Judged, "object"> {
  readonly severity: Severity;
  /** Kind and name of the object; absent where the configuration itself is at fault. */
  readonly name?: string;
  /** Where the object was read, or the configuration. */
  readonly file: string;
  readonly origin?: string;
  readonly excerpt: Excerpt;
}

export interface Report {
  /** By file and line. */
  readonly findings: readonly Reported[];
  /** Exceptions of the configuration that cover no object. */
  readonly unused: readonly (ConfiguredException & { readonly rule: string })[];
  readonly objects: number;
  /** How many of them are of kinds that no rule judges. */
  readonly notOurs: number;
  /** What was read and is no Kubernetes object. */
  readonly others: number;
  /** Why nothing was judged; none where something was. */
  readonly problems: readonly string[];
}

/** The report of a check that judged nothing. */
export const nothing: Report = { findings: [], unused: [], objects: 0, notOurs: 0, others: 0, problems: [] };

interface Checked {
  readonly configuration: Configuration;
  /** The file of the configuration. */
  readonly file?: string | undefined;
  /** The day on which exceptions are looked at, such as "2027-01-31". */
  readonly day: string;
  /** Is told what is being done. */
  readonly say?: (text: string) => void;
}

/** What the rules find in objects that were read. */
export function check(
  rules: readonly Rule[],
  { objects: located, others }: Read,
  { configuration, file = "configuration", day, say = () => undefined }: Checked,
): Report {
  const objects = new ObjectSet(located.map(({ input }) => input));
  const places = new Map(located.map((each) => [each.input.object, each]));
  const judging = rules.filter(({ name }) => levelOf(name, configuration) !== "disabled");
  const found = judging.flatMap((rule) => {
    const configured = configuration[rule.name] ?? {};
    const judged = (input: Input) => {
      say(`at the rule ${rule.name} on ${nameOf(input.object)}`);
      return judge(rule, input, objects, configured, day);
    };
    return [...objects.ofKinds(rule.kinds).flatMap(judged), ...judgeConfiguredExceptions(rule, configured, day)];
  });
  const own = objects.inputs.flatMap((input) => judgeAnnotatedExceptions(input, rules, day));
  const kinds = new Set(rules.flatMap((rule) => rule.kinds));
  return {
    findings: inOrder(
      [...found, ...own].flatMap((each) => reported(each, places, configuration, file)),
      located,
    ),
    unused: unusedExceptions(rules, configuration, objects),
    objects: located.length,
    notOurs: located.length - objects.ofKinds([...kinds]).length,
    others,
    problems: [],
  };
}

const levelOf = (policy: string, configuration: Configuration) =>
  configuration[policy]?.enforcementLevel ?? configuration["all"]?.enforcementLevel;

/**
 * Nothing where it is configured as disabled: violations by their rule's name, the rest by "not-judged" and "excepted".
 */
function severityOf({ kind, rule }: Pick<Judged, "kind" | "rule">, configuration: Configuration): Severity | undefined {
  const own = levelOf(rule.name, configuration);
  if (own === "disabled") return undefined;
  if (kind === "violation") return own === undefined ? rule.severity : severities[own];
  const noted = levelOf(kind === "not judged" ? "not-judged" : "excepted", configuration);
  return noted === "disabled" ? undefined : noted === "mandatory" ? "error" : "note";
}

const severities = { mandatory: "error", advisory: "warning" } as const;

function reported(
  { object, ...judged }: Judged,
  places: ReadonlyMap<unknown, Located>,
  configuration: Configuration,
  file: string,
): readonly Reported[] {
  const severity = severityOf(judged, configuration);
  const place = places.get(object);
  if (!severity) return [];
  if (!object || !place) return [{ ...judged, severity, file, excerpt: { line: 1, text: [] } }];
  const { origin } = place;
  return [
    {
      ...judged,
      severity,
      name: nameOf(object),
      file: place.file,
      ...(origin !== undefined && { origin }),
      excerpt: place.excerpt(judged.place),
    },
  ];
}

/** In the order of the files as they were given, and of the lines in them; what was found twice only once. */
function inOrder(findings: readonly Reported[], located: readonly Located[]): readonly Reported[] {
  const files = new Map([...new Set(located.map(({ file }) => file))].map((file, index) => [file, index]));
  const identity = ({ rule, file, excerpt, name, message }: Reported) =>
    JSON.stringify([rule.name, file, excerpt.line, name, message]);
  const once = [...new Map(findings.map((finding) => [identity(finding), finding])).values()];
  return once.sort((a, b) => (files.get(a.file) ?? -1) - (files.get(b.file) ?? -1) || a.excerpt.line - b.excerpt.line);
}

function unusedExceptions(rules: readonly Rule[], configuration: Configuration, objects: ObjectSet): Report["unused"] {
  const configured = rules.flatMap(({ name }) =>
    (configuration[name]?.exceptions ?? []).map((exception) => ({ ...exception, rule: name })),
  );
  return configured.filter((exception) => !objects.inputs.some(({ object }) => covers(exception, object)));
}

interface Counts {
  readonly errors: number;
  readonly warnings: number;
  readonly notJudged: number;
  readonly excepted: number;
}

export function count({ findings }: Report): Counts {
  const of = (accepts: (finding: Reported) => boolean) => findings.filter(accepts).length;
  return {
    errors: of(({ kind, severity }) => kind === "violation" && severity === "error"),
    warnings: of(({ kind, severity }) => kind === "violation" && severity === "warning"),
    notJudged: of(({ kind }) => kind === "not judged"),
    excepted: of(({ kind }) => kind === "excepted"),
  };
}

/**
 * Such as "5 objects (2 of kinds that no rule judges): 2 violations (1 error, 1 warning), 1 not judged, 0 excepted".
 */
export function summary(report: Report): string {
  if (report.problems.length > 0) return `nothing was judged: ${some(report.problems.length, "problem")}`;
  const { errors, warnings, notJudged, excepted } = count(report);
  const aside = [
    ...(report.notOurs > 0 ? [`${report.notOurs} of kinds that no rule judges`] : []),
    ...(report.others > 0 ? [`${report.others} more that are no Kubernetes objects`] : []),
  ];
  const read = `${some(report.objects, "object")}${aside.length > 0 ? ` (${aside.join("; ")})` : ""}`;
  return `${read}: ${some(errors + warnings, "violation")} (${some(errors, "error")}, ${some(warnings, "warning")}), ${notJudged} not judged, ${excepted} excepted`;
}

const some = (number: number, noun: string) => `${number} ${noun}${number === 1 ? "" : "s"}`;
