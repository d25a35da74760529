import { violation, type Rule } from "../rule";

const needed = { readinessProbe: "gets requests before it can answer them", livenessProbe: "is not restarted when it hangs" };

export const probes: Rule<never> = {
  name: "probes",
  severity: "error",
  wrong: "A container has no readiness or no liveness probe.",
  why: "Without a readiness probe a new pod gets requests before it can answer them, and a canary counts as available at once; without a liveness probe a container that hangs stays.",
  mend: "Give each container a readinessProbe and a livenessProbe.",
  source: "Kubernetes' documentation of pods' lifecycle: a container without a readiness probe is ready as soon as it runs.",
  kinds: ["apps/Deployment", "argoproj.io/Rollout"],
  limits: {},
  *judge(workload, objects) {
    const reference = workload.at("spec", "workloadRef");
    if (reference.exists) {
      // A Deployment that is referred to is judged itself.
      objects.named(`apps/${reference.at("kind").text() ?? ""}`, reference.at("name"));
      return;
    }
    for (const container of workload.at("spec", "template", "spec", "containers").list()) {
      for (const [probe, harm] of Object.entries(needed)) {
        if (container.at(probe).exists) continue;
        yield violation(container.at(probe), `the container ${container.at("name").text() ?? ""} has no ${probe}, so it ${harm}`);
      }
    }
  },
};
