import { understood } from "../../languages/notParsed";
import { patternOf } from "../../languages/pattern";
import { NotReadable, readOrWhyNot, type Field } from "../../objects/field";
import type { ObjectSet } from "../../objects/objectSet";

/** The analysis of a canary in the background, if it has one, and those that are steps. */
export function* analysesOf(canary: Field): Iterable<Field> {
  if (canary.at("analysis").exists) yield canary.at("analysis");
  for (const step of canary.at("steps").list()) {
    if (step.at("analysis").exists) yield step.at("analysis");
  }
}

/**
 * A step that may take a canary back without an analysis that is judged here: an experiment with analyses, or a plugin.
 */
export function judgingStep(canary: Field): Field | undefined {
  return canary
    .at("steps")
    .list()
    .map((step) => (step.at("plugin").exists ? step.at("plugin") : step.at("experiment", "analyses")))
    .find(({ exists }) => exists);
}

/** The templates of an analysis, with those that they name in turn; and why others cannot be seen. */
export function templatesOf(
  analysis: Field,
  objects: ObjectSet,
): { readonly templates: readonly Field[]; readonly unseen: readonly NotReadable[] } {
  const templates: Field[] = [];
  const unseen: NotReadable[] = [];
  const collect = (references: Field) => {
    for (const reference of references.list()) {
      const error = readOrWhyNot(() => {
        const template = templateOf(reference, objects);
        if (templates.some(({ input }) => input === template.input)) return;
        templates.push(template);
        collect(template.at("spec", "templates"));
      });
      if (error) unseen.push(error);
    }
  };
  collect(analysis.at("templates"));
  return { templates, unseen };
}

function templateOf(reference: Field, objects: ObjectSet): Field {
  const name = reference.at("templateName");
  return reference.at("clusterScope").isTrue
    ? objects.namedInCluster("argoproj.io/ClusterAnalysisTemplate", name)
    : objects.named("argoproj.io/AnalysisTemplate", name);
}

/** The templates of an analysis. Throws `NotReadable` where one of them is not among the objects. */
export function allTemplatesOf(analysis: Field, objects: ObjectSet): readonly Field[] {
  const { templates, unseen } = templatesOf(analysis, objects);
  if (unseen[0]) throw new NotReadable(analysis.at("templates"), unseen[0].message);
  return templates;
}

/** The metrics of an analysis that count. Throws `NotReadable` where one of its templates is not among the objects. */
export function metricsOf(analysis: Field, objects: ObjectSet): readonly Field[] {
  return countingMetrics(analysis, allTemplatesOf(analysis, objects));
}

/** A metric in a dry run is measured, but its outcome counts for nothing. */
export function countingMetrics(analysis: Field, templates: readonly Field[]): readonly Field[] {
  const dryRun = [analysis.at("dryRun"), ...templates.map((template) => template.at("spec", "dryRun"))].flatMap(
    (runs) => runs.list(),
  );
  return templates
    .flatMap((template) => template.at("spec", "metrics").list())
    .filter((metric) => !isDryRun(metric, dryRun));
}

/** The patterns are regular expressions. */
function isDryRun(metric: Field, dryRun: readonly Field[]): boolean {
  const name = metric.at("name").text() ?? "";
  return dryRun.some((run) => {
    const pattern = run.at("metricName");
    return understood(pattern, () => patternOf(pattern.text() ?? "", false).matchesPart(name));
  });
}

/** Where each argument of an analysis' templates has its value, in the analysis or a template; without one, itself. */
export function argumentsOf(analysis: Field, templates: readonly Field[]): ReadonlyMap<string, Field> {
  const declared = templates.flatMap((template) => template.at("spec", "args").list());
  const withValue = [...analysis.at("args").list(), ...declared].filter(hasValue);
  const nameOf = (argument: Field) => argument.at("name").text() ?? "";
  return new Map(
    declared.map((argument) => {
      const name = nameOf(argument);
      return [name, withValue.find((each) => nameOf(each) === name) ?? argument];
    }),
  );
}

export const hasValue = (argument: Field) => argument.at("value").exists || argument.at("valueFrom").exists;
