import { violation, type Rule } from "../../gate/rule";
import { containerName, containersOf, everyContainer, podTemplateOf, workloadKinds } from "../../kinds/workloads";

const ofTheNode = {
  hostNetwork: "has the node's network",
  hostPID: "sees the node's processes",
  hostIPC: "shares the node's memory between processes",
};

export const privilegedPods: Rule<never> = {
  name: "privileged-pods",
  severity: "error",
  wrong: "A pod is privileged, or is part of its node's network, processes or memory.",
  why: "A new version is the least known program in the cluster: what goes wrong in it then goes wrong for its whole node.",
  mend: "Leave privileged, hostNetwork, hostPID and hostIPC out; give single capabilities where they are needed.",
  source: "Kubernetes' Pod Security Standards, Baseline.",
  kinds: workloadKinds,
  limits: {},
  *judge(workload, objects) {
    const pod = podTemplateOf(workload, objects)?.at("spec");
    if (!pod) return;
    for (const [key, harm] of Object.entries(ofTheNode)) {
      if (pod.at(key).isTrue) yield violation(pod.at(key), `the pod ${harm}; accepted: false`, false);
    }
    for (const container of containersOf(workload, objects, everyContainer)) {
      const field = container.at("securityContext", "privileged");
      if (field.isTrue) yield violation(field, `${containerName(container)} is privileged; accepted: false`, false);
    }
  },
};
