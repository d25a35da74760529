import { NotReadable, type Field } from "../objects/field";
import type { Objects } from "../objects/objects";
import { attempt, type Finding } from "../gate/rule";

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

/** Templates that a list of references names, and those that they name in turn; finds those that cannot be seen. */
export function* collectTemplates(references: Field, objects: Objects, found: Field[]): Iterable<Finding> {
  for (const reference of references.list()) {
    yield* attempt(function* () {
      const clusterWide = reference.at("clusterScope").isTrue;
      const kind = clusterWide ? "argoproj.io/ClusterAnalysisTemplate" : "argoproj.io/AnalysisTemplate";
      const template = objects.named(kind, reference.at("templateName"), clusterWide);
      if (found.some(({ input }) => input === template.input)) return;
      found.push(template);
      yield* collectTemplates(template.at("spec", "templates"), objects, found);
    });
  }
}

/** The metrics of an analysis that count. Throws `NotReadable` where one of its templates is not among the objects. */
export function metricsOf(analysis: Field, objects: Objects): readonly Field[] {
  const templates: Field[] = [];
  const [unseen] = collectTemplates(analysis.at("templates"), objects, templates);
  if (unseen) throw new NotReadable(analysis.at("templates"), unseen.message);
  return countingMetrics(analysis, templates);
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
    try {
      return new RegExp(pattern.text() ?? "").test(name);
    } catch (error) {
      if (error instanceof SyntaxError)
        throw new NotReadable(pattern, "is not a regular expression that can be read here");
      throw error;
    }
  });
}
