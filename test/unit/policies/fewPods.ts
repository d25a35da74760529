import { violation, type Rule } from "../../../policies/gate/rule";

/** A rule of the tests' own: a Deployment has at least so many replicas. */
export const fewPods: Rule<"least"> = {
  name: "few-pods",
  severity: "error",
  wrong: "A Deployment has few pods.",
  why: "They may all be gone at once.",
  mend: "Give it more.",
  source: "None.",
  kinds: ["apps/Deployment"],
  limits: { least: { default: 2, least: 0, most: 9, description: "Least number of pods." } },
  *judge(deployment, _objects, { least }) {
    const replicas = deployment.at("spec", "replicas");
    if ((replicas.number() ?? 1) < least) yield violation(replicas, `${replicas.number() ?? 1} < ${least}`, least);
  },
};

export const deployment = (name: string, replicas: unknown, annotations: Readonly<Record<string, unknown>> = {}) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace: "shop", annotations },
  spec: { replicas },
});
