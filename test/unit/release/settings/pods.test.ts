import { itRefuses } from "../../../support/releases";

describe("the pods", () => {
  itRefuses([
    [
      "no replicas",
      { replicas: 0 },
      "replicas = 0: the number of pods of the stable version is a whole number; accepted: 1 to 1000",
    ],
    [
      "the user root",
      { runAsUser: 0 },
      "runAsUser = 0: the user that the container runs as, never root, is a whole number",
    ],
    [
      "an amount that is no quantity",
      { resources: { limits: { cpu: "lots" } } },
      'resources.limits.cpu = "lots": an amount of a resource',
    ],
    [
      "an autoscaler with no more than the replicas",
      { replicas: 5, autoscaling: { maxReplicas: 5 } },
      "autoscaling.maxReplicas = 5: an autoscaler starts from replicas, which is 5; accepted: 0 for none, or 6 and more",
    ],
    [
      "pods that are killed while they drain",
      { shutdown: { drain: "30s" } },
      "shutdown.grace = (missing): a pod is killed after the grace, and drains for 30s of it; accepted: more than that",
    ],
    [
      "a mount path that is none",
      { mounts: { "etc/shop": "shop" } },
      'mounts.etc/shop: a mount path starts with "/"; accepted: such as "/etc/shop"',
    ],
    [
      "a name of a ConfigMap that Kubernetes refuses",
      { mounts: { "/etc/shop": "Shop" } },
      'mounts./etc/shop = "Shop": the name of a ConfigMap',
    ],
    [
      "a word of the command that is no text",
      { command: [8080] },
      "command[0] = 8080: a word of the command is text; accepted: text, quoted",
    ],
  ]);
});
