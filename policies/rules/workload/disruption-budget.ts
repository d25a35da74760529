import { labelsOf, selects, type LabelMap } from "../../objects/labels";
import type { Field } from "../../objects/field";
import { besideHaving } from "../../objects/lookup";
import { violation, type Rule } from "../../gate/rule";
import { canaryOfTarget, isCanaryAlone, podLabelsOf, podsElsewhere } from "../../kinds/workloads";
import type { Key, Objects } from "../../objects/objects";

export const disruptionBudget: Rule<never> = {
  name: "disruption-budget",
  severity: "warning",
  wrong: "A workload has no disruption budget.",
  why: "When nodes are drained, all its pods may be evicted at once, in the middle of a release too.",
  mend: "Declare a PodDisruptionBudget with maxUnavailable: 1 whose selector matches the pods; with Flagger, also those of the stable version, whose label has the suffix -primary.",
  source:
    "Kubernetes' documentation: Specifying a Disruption Budget; Flagger, pkg/canary/deployment_controller.go (-primary).",
  kinds: ["apps/Deployment", "argoproj.io/Rollout"],
  needsAllObjects: true,
  limits: {},
  *judge(workload, objects) {
    if (podsElsewhere(workload) || isCanaryAlone(workload)) return;
    const labels = labelsAtFullWeight(workload, objects);
    const budgets = besideHaving(workload, byLabel, () => ["", ...Object.entries(labels).map(labelText)], objects);
    if (budgets.some((budget) => selects(budget.at("spec", "selector"), labels))) return;
    const pods = Object.entries(labels).map(labelText).join(", ");
    yield violation(
      workload.at("spec"),
      `no PodDisruptionBudget selects its pods (${pods || "without labels"}); accepted: one with maxUnavailable: 1`,
    );
  },
};

const labelText = ([key, value]: readonly [string, string]) => `${key}=${value}`;

/** A budget is found by the first label that it asks for. */
const byLabel: Key = {
  kind: "policy/PodDisruptionBudget",
  textsOf: (budget) => {
    const [first] = Object.entries(labelsOf(budget.at("spec", "selector", "matchLabels")));
    return [first ? labelText(first) : ""];
  },
};

const tellVersionsApart = ["app", "name", "app.kubernetes.io/name"];

/** The labels of the pods that answer all requests: under Flagger those of its copy of the Deployment. */
function labelsAtFullWeight(workload: Field, objects: Objects): LabelMap {
  const labels = podLabelsOf(workload);
  if (!canaryOfTarget(workload, objects)) return labels;
  const selector = labelsOf(workload.at("spec", "selector", "matchLabels"));
  const key = tellVersionsApart.find((each) => Object.hasOwn(selector, each));
  return key === undefined ? labels : { ...labels, [key]: `${selector[key] ?? ""}-primary` };
}
