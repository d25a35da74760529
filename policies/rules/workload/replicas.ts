import { violation, type Rule } from "../../gate/rule";
import { isCanaryAlone, leastReplicas, podsElsewhere, runnerOf, scaledKinds } from "../../kinds/workloads";

export const replicas: Rule<"least"> = {
  name: "replicas",
  severity: "error",
  wrong: "A workload that answers all requests has too few pods.",
  why: "With one pod each node that is drained, and each pod that is replaced after a release, is an outage.",
  mend: "Give it two replicas or more, or its autoscaler as many minReplicas.",
  source:
    "Kubernetes' documentation: Disruptions (a single replica cannot be evicted without an outage); replicas is 1 where it is not given.",
  kinds: scaledKinds,
  needsAllObjects: true,
  limits: {
    least: {
      default: 2,
      least: 1,
      most: 1000,
      description: "Least number of pods of a workload that answers all requests.",
    },
  },
  *judge(workload, objects, { least }) {
    const isRunByARelease = podsElsewhere(workload) === undefined && runnerOf(workload, objects) !== undefined;
    if (isRunByARelease || isCanaryAlone(workload)) return;
    const { field, count } = leastReplicas(workload, objects);
    if (count < least)
      yield violation(
        field,
        `it has ${count} ${count === 1 ? "pod" : "pods"} at least; accepted: ${least} or more`,
        least,
      );
  },
};
