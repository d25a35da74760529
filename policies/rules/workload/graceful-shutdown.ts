import type { Field } from "../../objects/field";
import { violation, type Rule } from "../../gate/rule";
import { containerName, podTemplateOf, workloadKinds } from "../../kinds/workloads";

const defaultGrace = 30;

export const gracefulShutdown: Rule<never> = {
  name: "graceful-shutdown",
  severity: "error",
  wrong: "Pods are killed while they still answer requests.",
  why: "Each step and each way back takes pods away: requests that they were answering fail, and are counted as the new version's errors.",
  mend: "Give the pods a terminationGracePeriodSeconds above the sleep of their preStop hooks, such as 30 and 5.",
  source:
    "Kubernetes' documentation of pods' lifecycle: the grace begins before preStop, and with 0 a pod is killed at once.",
  kinds: workloadKinds,
  limits: {},
  *judge(workload, objects) {
    const pod = podTemplateOf(workload, objects)?.at("spec");
    if (!pod) return;
    const field = pod.at("terminationGracePeriodSeconds");
    const grace = field.number() ?? defaultGrace;
    if (grace <= 0)
      return yield violation(field, "a pod is killed at once; accepted: 1 or more, such as 30", defaultGrace);
    for (const container of pod.at("containers").list()) {
      const sleep = sleepOf(container.at("lifecycle", "preStop"));
      if (sleep < grace) continue;
      yield violation(
        field,
        `${containerName(container)} sleeps for ${sleep} s of the ${grace} s before it is killed; accepted: more than ${sleep}`,
        sleep + defaultGrace,
      );
    }
  },
};

/** Seconds for which a hook surely sleeps. */
function sleepOf(hook: Field): number {
  if (hook.at("sleep").exists) return hook.at("sleep", "seconds").number() ?? 0;
  const command = hook
    .at("exec", "command")
    .list()
    .map((word) => word.text() ?? "")
    .join(" ");
  return Number(/(^|[\s;&/])sleep (\d+)s?($|[\s;&])/.exec(command)?.[2] ?? 0);
}
