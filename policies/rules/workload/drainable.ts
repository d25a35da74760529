import { violation, type Rule } from "../../gate/rule";
import { leastReplicas, podLabelsOf, podsElsewhere, scaledKinds } from "../../kinds/workloads";
import { NotReadable, type Field } from "../../objects/field";
import { labelsOf, labelText, selects } from "../../objects/labels";
import type { Key, ObjectSet } from "../../objects/objectSet";

export const drainable: Rule<never> = {
  name: "drainable",
  severity: "error",
  wrong: "A disruption budget lets no pod be evicted.",
  why: "No node with one of these pods can then be drained: upgrades of the cluster wait for ever, or are forced, and take all pods at once.",
  mend: "Let one pod be unavailable: maxUnavailable: 1, and two replicas or more.",
  source:
    "Kubernetes' documentation: Specifying a Disruption Budget (maxUnavailable 0, and minAvailable of all replicas, allow no eviction; percentages are rounded up).",
  kinds: ["policy/PodDisruptionBudget"],
  needsAllObjects: true,
  limits: {},
  *judge(budget, objects) {
    const [unavailable, available] = [budget.at("spec", "maxUnavailable"), budget.at("spec", "minAvailable")];
    if (unavailable.exists) {
      if (amount(unavailable).number === 0)
        yield violation(unavailable, "no pod may be unavailable; accepted: 1 or more", 1);
      return;
    }
    const least = amount(available);
    if (!available.exists || least.number === 0) return;
    if (least.isShare && least.number >= 100)
      return yield violation(available, "all pods must be available; accepted: maxUnavailable: 1");
    const pods = podsOf(budget, objects);
    const needed = least.isShare ? Math.ceil((least.number * pods) / 100) : least.number;
    if (needed >= pods)
      yield violation(
        available,
        `${needed} of ${pods} pods must be available, so that none may be evicted; accepted: maxUnavailable: 1, or more replicas`,
      );
  },
};

/** A number of pods, or a share of them in percent. */
function amount(field: Field): { readonly number: number; readonly isShare: boolean } {
  const share = /^(\d+)%$/.exec(textOf(field))?.[1];
  return share === undefined
    ? { number: field.number() ?? 0, isShare: false }
    : { number: Number(share), isShare: true };
}

function textOf(field: Field): string {
  try {
    return field.text() ?? "";
  } catch (error) {
    if (error instanceof NotReadable && field.known) return "";
    throw error;
  }
}

const byPodLabel = scaledKinds.map((kind): Key => ({
  kind,
  textsOf: (workload) => Object.entries(podLabelsOf(workload)).map(labelText),
}));

function podsOf(budget: Field, objects: ObjectSet): number {
  const [first] = Object.entries(labelsOf(budget.at("spec", "selector", "matchLabels"))).map(labelText);
  const workloads = byPodLabel.flatMap((key) =>
    first === undefined
      ? objects.inNamespaceOf(budget, key.kind)
      : objects.inNamespaceHaving(budget, key, () => [first]),
  );
  const selected = workloads.filter(
    (workload) => !podsElsewhere(workload) && selects(budget.at("spec", "selector"), podLabelsOf(workload)),
  );
  if (selected.length === 0)
    throw new NotReadable(
      budget.at("spec", "selector"),
      "selects no workload among the objects, whose number of pods is not known",
    );
  return selected.reduce((sum, workload) => sum + leastReplicas(workload, objects).count, 0);
}
