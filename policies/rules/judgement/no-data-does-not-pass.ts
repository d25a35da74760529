import { passesWithoutDataAnnotation } from "../../../manifests/annotations";
import { attempt, violationOf, type Rule } from "../../gate/rule";
import { metricKinds, metricsOf } from "../../kinds/releaseKinds";
import type { Field } from "../../objects/field";

const leastReason = 10;

export const noDataDoesNotPass: Rule<never> = {
  name: "no-data-does-not-pass",
  severity: "error",
  wrong: "A metric counts a measurement without data as a success.",
  why: "A canary that nobody asks for anything, a label with a typing error or a Prometheus that scrapes nothing then promotes any version.",
  mend:
    'Judge by a successCondition that no data does not meet: "len(result) > 0 && !isNaN(result[0]) && result[0] < 0.05"; a failureCondition alone passes on NaN, and so does a query with a default. ' +
    `Where no data may pass, write the reason into the template's annotation ${passesWithoutDataAnnotation}.`,
  source:
    "argo-rollouts, utils/evaluate/evaluate.go, metricproviders/prometheus and datadog: what is handed to a condition, and what its outcome means; every comparison with NaN is false. Flagger, pkg/metrics/providers/prometheus.go: no value and NaN fail a check.",
  kinds: metricKinds,
  limits: {},
  *judge(holder, objects) {
    for (const metric of metricsOf(holder, objects)) {
      yield* attempt(function* () {
        const template = metric.template();
        if (!template || !hasReason(template)) yield* violationOf(metric.whyItPassesWithoutData());
      });
    }
  },
};

const hasReason = (template: Field) =>
  (template.at("metadata", "annotations", passesWithoutDataAnnotation).text() ?? "").trim().length >= leastReason;
