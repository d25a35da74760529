import { printable } from "../../../../release/printable";
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
      'resources.limits.cpu = "lots": an amount of CPU is a Kubernetes quantity; accepted: "1m" to "1k"',
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
    ["a mount path that is none", { mounts: { "etc/shop": "shop" } }, "mounts.etc/shop: a mount path is absolute, "],
    ...[
      "/",
      "/tmp",
      "/etc/shop/",
      "/etc//shop",
      "/etc/../shop",
      "/etc:shop",
      "/etc/\nshop",
      `/${"a".repeat(1024)}`,
    ].map(
      (path) =>
        [
          `the mount path ${JSON.stringify(path.slice(0, 20))}`,
          { mounts: { [path]: "shop" } },
          `mounts.${printable(path.slice(0, 200))}`,
        ] as const,
    ),
    ...["0m", "0.0001", "2000", "1Gi", "100Ei"].map(
      (cpu) =>
        [
          `${cpu} of CPU`,
          { resources: { limits: { cpu } } },
          `resources.limits.cpu = "${cpu}": an amount of CPU is a Kubernetes quantity; accepted: "1m" to "1k"`,
        ] as const,
    ),
    ...["128m", "128", "65Ti", "1e9"].map(
      (memory) =>
        [
          `${memory} of memory`,
          { resources: { limits: { memory } } },
          `resources.limits.memory = "${memory}": an amount of memory is a Kubernetes quantity; accepted: "4Mi" to "64Ti"`,
        ] as const,
    ),
    [
      "pods that ask for more than their limit",
      { resources: { requests: { memory: "1Gi" } } },
      'resources.requests.memory = "1Gi": a pod gets no more than its limit, which is 256Mi; accepted: up to "256Mi", or a larger resources.limits.memory',
    ],
    ["a spread over nothing", { spread: [""] }, 'spread[0] = "": a label of nodes; accepted: '],
    ["a spread over what is no label", { spread: ["a/b/c"] }, 'spread[0] = "a/b/c": a label of nodes; accepted: '],
    [
      "a spread over one label twice",
      { spread: ["zone", "zone"] },
      'spread[1] = "zone": a label stands once; accepted: ',
    ],
    [
      "a value of the environment that Kubernetes cannot pass on, without showing it",
      { environment: { TOKEN: "a\0b" } },
      "environment.TOKEN = (hidden): ",
    ],
    [
      "a map as a value of the environment",
      { environment: { TOKEN: { apply: "now" } } },
      "environment.TOKEN = (hidden): ",
    ],
    [
      "a name of a ConfigMap that Kubernetes refuses",
      { mounts: { "/etc/shop": "Shop" } },
      'mounts./etc/shop = "Shop": the name of a ConfigMap',
    ],
    [
      "a word of the command that is no text",
      { command: [8080] },
      "command[0] = 8080: a word of the command is text of at most",
    ],
  ]);
});
