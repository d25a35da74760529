import { attempt, violation, type Rule } from "../../gate/rule";
import { baseline, isRestricted, restricted, type Pod } from "../../kinds/podSecurity";
import { containersOf, everyContainer, podTemplateOf, workloadKinds } from "../../kinds/workloads";

export const privilegedPods: Rule<never> = {
  name: "privileged-pods",
  severity: "error",
  wrong:
    "A pod breaks the Baseline profile of the Pod Security Standards: it is privileged, or has a part of its node; or it breaks the Restricted one where its namespace asks for that.",
  why: "A new version is the least known program in the cluster: what goes wrong in it then goes wrong for its whole node; and what a namespace forbids is no pod, so that the release hangs.",
  mend: "Leave out what is the node's (its namespaces, folders, ports, addresses) and profiles that confine nothing; give single capabilities of the default ones. Restricted holds where the namespace among the objects has the label pod-security.kubernetes.io/enforce: restricted.",
  source: "Kubernetes' Pod Security Standards, Baseline and Restricted, as of pod-security-admission 0.36.",
  kinds: workloadKinds,
  limits: {},
  *judge(workload, objects) {
    const template = podTemplateOf(workload, objects);
    if (!template) return;
    const pod: Pod = {
      metadata: template.at("metadata"),
      spec: template.at("spec"),
      containers: containersOf(workload, objects, everyContainer),
    };
    const controls = isRestricted(workload, objects) ? [...baseline, ...restricted] : baseline;
    for (const control of controls) {
      yield* attempt(function* () {
        for (const { at, reason, mended } of control(pod)) yield violation(at, reason, mended);
      });
    }
  },
};
