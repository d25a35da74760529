import { violation, type Rule } from "../../gate/rule";
import { isCanaryAlone, podsElsewhere, scaledKinds, stableLabelsOf } from "../../kinds/workloads";
import { labelsOf, labelText, selects } from "../../objects/labels";
import type { Key } from "../../objects/objectSet";

export const disruptionBudget: Rule<never> = {
  name: "disruption-budget",
  severity: "warning",
  wrong: "A workload has no disruption budget.",
  why: "When nodes are drained, all its pods may be evicted at once, in the middle of a release too.",
  mend: "Declare a PodDisruptionBudget with maxUnavailable: 1 whose selector matches the pods; with Flagger, also those of the stable version, whose label has the suffix -primary.",
  source:
    "Kubernetes' documentation: Specifying a Disruption Budget; Flagger, pkg/canary/deployment_controller.go (-primary).",
  kinds: scaledKinds,
  needsAllObjects: true,
  limits: {},
  *judge(workload, objects) {
    if (podsElsewhere(workload) || isCanaryAlone(workload)) return;
    const labels = stableLabelsOf(workload, objects);
    const budgets = objects.inNamespaceHaving(workload, byLabel, () => ["", ...Object.entries(labels).map(labelText)]);
    if (budgets.some((budget) => selects(budget.at("spec", "selector"), labels))) return;
    const pods = Object.entries(labels).map(labelText).join(", ");
    yield violation(
      workload.at("spec"),
      `no PodDisruptionBudget selects its pods (${pods || "without labels"}); accepted: one with maxUnavailable: 1`,
    );
  },
};

/** A budget is found by the first label that it asks for. */
const byLabel: Key = {
  kind: "policy/PodDisruptionBudget",
  textsOf: (budget) => {
    const [first] = Object.entries(labelsOf(budget.at("spec", "selector", "matchLabels")));
    return [first ? labelText(first) : ""];
  },
};
