import { violation, type Rule } from "../../gate/rule";
import { containerName, containersOf, workloadKinds } from "../../kinds/workloads";

const needed = {
  readinessProbe: "gets requests before it can answer them",
  livenessProbe: "is not restarted when it hangs",
};

export const probes: Rule<never> = {
  name: "probes",
  severity: "error",
  wrong: "A container has no readiness or no liveness probe.",
  why: "Without a readiness probe a new pod gets requests before it can answer them, and a canary counts as available at once; without a liveness probe a container that hangs stays.",
  mend: "Give each container a readinessProbe and a livenessProbe.",
  source:
    "Kubernetes' documentation of pods' lifecycle: a container without a readiness probe is ready as soon as it runs.",
  kinds: workloadKinds,
  limits: {},
  *judge(workload, objects) {
    for (const container of containersOf(workload, objects)) {
      for (const [probe, harm] of Object.entries(needed)) {
        if (container.at(probe).exists) continue;
        yield violation(container.at(probe), `${containerName(container)} has no ${probe}, so it ${harm}`);
      }
    }
  },
};
