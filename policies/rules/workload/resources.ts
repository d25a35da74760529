import type { Field } from "../../objects/field";
import { violation, type Rule } from "../../gate/rule";
import { containerName, containersOf, workloadKinds } from "../../kinds/workloads";

export const resources: Rule<"cpuLimit"> = {
  name: "resources",
  severity: "error",
  wrong: "A container requests no CPU or memory, or has no memory limit.",
  why: "A canary without requests lands on a node that is full, and is slow for a reason that is not its own; one that leaks memory takes the stable version's pods on its node with it.",
  mend: "Give each container resources.requests for cpu and memory, and resources.limits for memory.",
  source: "Kubernetes' documentation: Resource Management for Pods and Containers (a limit alone is also the request).",
  kinds: workloadKinds,
  limits: {
    cpuLimit: { default: 0, least: 0, most: 1, description: "1 where each container must have a CPU limit too." },
  },
  *judge(workload, objects, { cpuLimit }) {
    for (const container of containersOf(workload, objects)) {
      const [requests, limits] = [container.at("resources", "requests"), container.at("resources", "limits")];
      const [requested, limited] = [requests.keys(), limits.keys()];
      const missing: Field[] = ["cpu", "memory"]
        .filter((resource) => ![...requested, ...limited].includes(resource))
        .map((resource) => requests.at(resource));
      missing.push(
        ...["memory", ...(cpuLimit === 1 ? ["cpu"] : [])]
          .filter((resource) => !limited.includes(resource))
          .map((resource) => limits.at(resource)),
      );
      for (const field of missing)
        yield violation(
          field,
          `${containerName(container)} has no such amount; accepted: one, such as ${field.place.at(-1) === "cpu" ? "100m" : "128Mi"}`,
        );
    }
  },
};
