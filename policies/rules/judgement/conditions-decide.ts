import { attempt, violationOf, type Rule } from "../../gate/rule";
import { metricKinds, metricsOf } from "../../kinds/releaseKinds";

export const conditionsDecide: Rule<never> = {
  name: "conditions-decide",
  severity: "error",
  wrong: "A metric's conditions are met by every value, or by none.",
  why: "The metric then judges nothing, or no version ever passes: a query's vector that is compared as a number is an error at each measurement.",
  mend: 'Compare the first value with a bound that it may be on either side of: "len(result) > 0 && result[0] < 0.05".',
  source:
    "argo-rollouts, utils/evaluate/evaluate.go, metricproviders/prometheus/prometheus.go (a vector is handed on as a list); Flagger, pkg/controller/scheduler_metrics.go.",
  kinds: metricKinds,
  limits: {},
  *judge(holder, objects) {
    for (const metric of metricsOf(holder, objects)) yield* attempt(() => violationOf(metric.whyItDecidesNothing()));
  },
};
