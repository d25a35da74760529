import { attempt, violation, type Rule } from "../../gate/rule";
import { serviceName } from "../../kinds/routes";
import { podLabelsOf, podsElsewhere, scaledKinds } from "../../kinds/workloads";
import { NotReadable } from "../../objects/field";
import { labelsOf, matches } from "../../objects/labels";

/** Written by controllers into pods, and by Argo Rollouts into subsets. */
const hashes = ["pod-template-hash", "rollouts-pod-template-hash"];

export const subsetsMatchPods: Rule<never> = {
  name: "subsets-match-pods",
  severity: "error",
  wrong: "A subset's labels are on no pod.",
  why: "Requests to a subset without pods are answered with 503, for as many users as its weight says.",
  mend: "Give the subset labels that the pods' template has.",
  source: "Istio's reference of DestinationRule: a subset is the Service's endpoints that have its labels.",
  kinds: ["networking.istio.io/DestinationRule"],
  needsAllObjects: true,
  limits: {},
  *judge(rule, objects) {
    const subsets = rule.at("spec", "subsets").list();
    if (subsets.length === 0) return;
    const host = rule.at("spec", "host");
    const selector = labelsOf(objects.named("Service", host, { name: serviceName(host) }).at("spec", "selector"));
    const workloads = scaledKinds
      .flatMap((kind) => objects.inNamespaceOf(rule, kind))
      .filter((workload) => !podsElsewhere(workload));
    const pods = workloads.map(podLabelsOf).filter((labels) => matches(selector, labels));
    for (const subset of subsets) {
      yield* attempt(function* () {
        const field = subset.at("labels");
        const labels = Object.fromEntries(Object.entries(labelsOf(field)).filter(([key]) => !hashes.includes(key)));
        if (pods.some((each) => matches(labels, each))) return;
        const unknown = Object.keys(labels).find((key) => !pods.some((each) => Object.hasOwn(each, key)));
        // The other version may not be declared while there is no canary.
        if (pods.length === 0 || (pods.length === 1 && unknown === undefined))
          throw new NotReadable(
            field,
            "are on no pod among the objects, and may be on those of a version that is not declared yet",
          );
        const reason = unknown === undefined ? "no pod has these labels together" : `no pod has the label ${unknown}`;
        yield violation(field, `${reason}; accepted: labels of the pods of ${serviceName(host)}`);
      });
    }
  },
};
