import { z } from "zod";
import { amountOf, formatDuration } from "../units";
import {
  duration,
  labelKey,
  passed,
  path,
  percentage,
  quantity,
  subdomain,
  text,
  whole,
  words,
  type Refuse,
} from "./valueTypes";

const probe = z.strictObject({
  path: path("the path of a probe").default("/healthz").describe("Path that answers 200 when the probe passes."),
  periodSeconds: whole(1, 300, "the period of a probe, in seconds,")
    .default(10)
    .describe("Seconds between two probes."),
  initialDelaySeconds: whole(0, 3600, "the initial delay of a probe, in seconds,")
    .default(0)
    .describe("Seconds before the first probe."),
  timeoutSeconds: whole(1, 60, "the timeout of a probe, in seconds,")
    .default(1)
    .describe("Seconds after which a probe without an answer has failed."),
  failureThreshold: whole(1, 30, "the failure threshold of a probe")
    .default(3)
    .describe("Failed probes in a row before the pod counts as failed."),
});

const amounts = (cpu: string, memory: string) =>
  z.strictObject({
    cpu: quantity("an amount of CPU", "1m", "1k").prefault(cpu).describe("CPU, as a Kubernetes quantity."),
    memory: quantity("an amount of memory", "4Mi", "64Ti")
      .prefault(memory)
      .describe("Memory, as a Kubernetes quantity."),
  });

const mountRule =
  'a mount path is absolute, with no colon, no empty segment, no . or .. as one, at most 1024 characters, and not /tmp, which pods have; accepted: such as "/etc/shop"';
const mountPath = text(/^(?=[^:\p{C}]{2,1024}$)(?!\/tmp$)(?!.*\/\/)(?!.*\/\.\.?(?:\/|$))\/.*[^/]$/u, mountRule);
const nodeLabelRule =
  "a label of nodes; accepted: a name of at most 63 letters, digits, '-', '_' and '.', after a DNS name and \"/\" or without, such as \"topology.kubernetes.io/zone\"";

/** The pods of both versions. */
export const podKeys = {
  port: whole(1, 65535, "the port that the container listens on")
    .default(8080)
    .describe("Port that the container listens on."),
  command: words("a word of the command")
    .default([])
    .describe("Words of the container's command; none is the image's own."),
  environment: z
    .record(
      text(/^[A-Za-z_][A-Za-z0-9_]*$/, "the name of an environment variable; accepted: letters, digits and '_'"),
      passed(
        /^[^\0]{0,131072}$/,
        "the value of an environment variable is text of at most 131072 characters without NUL; accepted: a string, quoted where YAML would read a number",
      ),
    )
    .default({})
    .describe(
      "Environment of the container, name to value; where one is a secret (`pulumi config set --secret --path`), all are kept in a Secret, and other values start a canary.",
    ),
  mounts: z
    .record(mountPath, subdomain("the name of a ConfigMap that exists in the namespace"))
    .default({})
    .describe("ConfigMaps mounted as folders, read-only: mount path to name."),
  runAsUser: whole(1, 2147483647, "the user that the container runs as, never root,")
    .default(65532)
    .describe("Number of the user that the container runs as, never root."),
  resources: z
    .strictObject({
      requests: amounts("100m", "128Mi").prefault({}).describe("What a pod asks for."),
      limits: amounts("500m", "256Mi").prefault({}).describe("What a pod may use."),
    })
    .prefault({})
    .describe("CPU and memory that a pod asks for and may use."),
  readiness: probe.prefault({}).describe("Probe that decides whether a pod gets requests."),
  liveness: probe.prefault({}).describe("Probe that decides whether a container is restarted."),
  shutdown: z
    .strictObject({
      drain: duration("how long a pod that ends goes on serving", 0, 3600)
        .prefault("5s")
        .describe("How long a pod that ends goes on serving, while routers forget it."),
      grace: duration("how long a pod may take to end, the drain included,", 1, 3600)
        .prefault("30s")
        .describe("How long a pod may take to end, the drain included, before it is killed."),
    })
    .prefault({})
    .describe("How a pod ends."),
  spread: z
    .array(text(labelKey, nodeLabelRule))
    .default(["kubernetes.io/hostname", "topology.kubernetes.io/zone"])
    .describe("Labels of nodes that the pods of a version are spread over evenly, where they can be."),
  replicas: whole(1, 1000, "the number of pods of the stable version")
    .default(3)
    .describe("Pods of the stable version; the canary gets a share of as many."),
  autoscaling: z
    .strictObject({
      maxReplicas: whole(0, 1000, 'the most pods; 0 for no autoscaler, else more than "replicas",')
        .default(0)
        .describe("The most pods; 0 for no autoscaler, and `replicas` is fixed."),
      cpu: percentage(
        'the share of the requested CPU that the pods are kept at; accepted: "1%" to "100%"',
        (share) => share >= 0.01 && share <= 1,
      )
        .prefault("70%")
        .describe("Share of the CPU that the pods ask for, at which they are kept."),
    })
    .prefault({})
    .describe("A HorizontalPodAutoscaler between `replicas` and `maxReplicas` pods."),
  progressDeadline: duration("how long the canary's pods may take to become ready", 10, 6 * 3600)
    .prefault("10m")
    .describe("Time for the canary's pods to become ready, after which the release is aborted."),
  scaleDownDelay: duration("how long the pods of the version that lost stay", 1, 3600)
    .prefault("30s")
    .describe("Time that the pods of the version that lost stay, for a fast way back."),
};

type Pods = Pick<
  z.output<z.ZodObject<typeof podKeys>>,
  "replicas" | "autoscaling" | "shutdown" | "resources" | "spread"
>;

export function checkPods(
  { replicas, autoscaling: { maxReplicas }, shutdown, resources, spread }: Pods,
  refuse: Refuse,
): void {
  for (const name of ["cpu", "memory"] as const) {
    const limit = resources.limits[name];
    if (amountOf(resources.requests[name]) > amountOf(limit))
      refuse(
        ["resources", "requests", name],
        `a pod gets no more than its limit, which is ${limit}; accepted: up to "${limit}", or a larger resources.limits.${name}`,
      );
  }
  spread.forEach((key, index) => {
    if (spread.indexOf(key) < index)
      refuse(["spread", index], "a label stands once; accepted: one that is not in the list yet");
  });
  if (maxReplicas > 0 && maxReplicas <= replicas)
    refuse(
      ["autoscaling", "maxReplicas"],
      `an autoscaler starts from replicas, which is ${replicas}; accepted: 0 for none, or ${replicas + 1} and more`,
    );
  if (shutdown.grace <= shutdown.drain)
    refuse(
      ["shutdown", "grace"],
      `a pod is killed after the grace, and drains for ${formatDuration(shutdown.drain)} of it; accepted: more than that`,
    );
}
