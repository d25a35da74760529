import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dump, load } from "js-yaml";
import { ports, type Context } from "./context";
import { askApiServer } from "./controlPlane";
import type { Part } from "./part";
import { answersOk } from "./request";

/** How long a scheduled pod takes until it runs. */
const startMs = 500;

interface Requirement {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  readonly values?: readonly string[];
}

interface Stage {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly selector: { readonly matchExpressions: readonly Requirement[] } };
}

// In jq: the version as application.ts's versionOf reads it (DEMO_VERSION, else the image's tag).
const version = `.spec.containers[0]
  | ((.env // []) | map(select(.name == "DEMO_VERSION") | .value) | first)
    // (.image | split("@")[0] | split("/") | last | split(":")[1])
    // ""`;
const says = (word: string) => `${version} | split("-") | any(. == "${word}")`;
const saysUnready = says("unready");

// In jq: the longest sleep of the containers' preStop hooks, written either way, but no longer than the grace period.
const preStopSleep = `
  [.spec.containers[].lifecycle.preStop // {}
    | .sleep.seconds // ((.exec.command // []) | join(" ") | capture("sleep (?<s>[0-9]+)").s | tonumber)]
  | [(. + [0] | max), ($pod.metadata.deletionGracePeriodSeconds // 30)] | min | "\\(.)s"`;

const runningUnready = `
{{ $now := Now }}
conditions:
- { type: Initialized, status: "True", lastTransitionTime: {{ $now | Quote }} }
- { type: Ready, status: "False", reason: ContainersNotReady, lastTransitionTime: {{ $now | Quote }} }
- { type: ContainersReady, status: "False", reason: ContainersNotReady, lastTransitionTime: {{ $now | Quote }} }
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: false
  started: true
  restartCount: 0
  state: { running: { startedAt: {{ $now | Quote }} } }
{{ end }}
{{ with PodIPsWith .spec.nodeName (or .spec.hostNetwork false) (or .metadata.uid "") (or .metadata.name "") (or .metadata.namespace "") }}
podIP: {{ index . 0 | Quote }}
podIPs:
{{ range . }}
- ip: {{ . | Quote }}
{{ end }}
{{ end }}
phase: Running
startTime: {{ $now | Quote }}
`;

const failed = `
{{ $now := Now }}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: false
  restartCount: 0
  started: false
  state: { terminated: { exitCode: 1, finishedAt: {{ $now | Quote }}, reason: Error, startedAt: {{ $now | Quote }} } }
{{ end }}
phase: Failed
`;

/**
 * The stages that stand in for a kubelet: those of kwok's module, changed where a release depends on them. Readiness
 * and termination are simulated, for no container runs, no probe is sent and no hook is run. A scheduled pod is Running
 * half a second later, and Ready unless its version says unready; a deleted pod is gone once the sleep of its preStop
 * hook, if it has one, is over. A Job's pod ends at once, badly where its version says fails.
 */
export function stages(directory: string): object[] {
  const given = new Map(
    readdirSync(directory).map((file) => {
      const stage = load(readFileSync(join(directory, file), "utf8")) as Stage;
      return [stage.metadata.name, stage];
    }),
  );
  const change = (
    name: string,
    changes: { name?: string; requires?: Requirement[]; delay?: object; next?: object },
  ) => {
    const stage = given.get(name);
    if (stage === undefined)
      throw new Error(`kwok's module has no stage "${name}", only ${[...given.keys()].join(", ")}.`);
    const { requires = [], name: newName = name, ...spec } = changes;
    const matchExpressions = [...stage.spec.selector.matchExpressions, ...requires];
    return { ...stage, metadata: { name: newName }, spec: { ...stage.spec, ...spec, selector: { matchExpressions } } };
  };
  const start = { durationMilliseconds: startMs };
  return [
    change("node-initialize", {}),
    change("node-heartbeat-with-lease", {}),
    change("pod-ready", { delay: start, requires: [{ key: saysUnready, operator: "NotIn", values: ["true"] }] }),
    change("pod-ready", {
      name: "pod-running-unready",
      delay: start,
      requires: [{ key: saysUnready, operator: "In", values: ["true"] }],
      next: { statusTemplate: runningUnready },
    }),
    change("pod-complete", { requires: [{ key: says("fails"), operator: "NotIn", values: ["true"] }] }),
    change("pod-complete", {
      name: "pod-failed",
      requires: [{ key: says("fails"), operator: "In", values: ["true"] }],
      next: { statusTemplate: failed },
    }),
    change("pod-delete", { delay: { durationFrom: { expressionFrom: `. as $pod | ${preStopSleep}` } } }),
  ];
}

const nodes = [0, 1, 2].map((number) => {
  const room = { cpu: "32", memory: "256Gi", pods: "110" };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: `node-${number + 1}`,
      labels: { "kubernetes.io/hostname": `node-${number + 1}`, "kubernetes.io/os": "linux", type: "kwok" },
    },
    spec: { podCIDR: `10.244.${number}.0/24` },
    status: { allocatable: room, capacity: room },
  };
});

/** Declares the nodes that kwok plays; three, so that replicas can be spread. */
export async function createNodes(context: Context): Promise<void> {
  await Promise.all(nodes.map((node) => askApiServer(context, "/api/v1/nodes", { body: JSON.stringify(node) })));
}

export function kwok(context: Context): Part {
  const config = context.data("kwok.yaml");
  writeFileSync(
    config,
    stages(context.files.kwokStages)
      .map((stage) => dump(stage))
      .join("---\n"),
  );
  return {
    name: "kwok",
    command: context.tools.kwok,
    args: [
      `--kubeconfig=${context.kubeconfig}`,
      `--config=${config}`,
      "--manage-all-nodes=true",
      "--node-lease-duration-seconds=40",
      `--server-address=127.0.0.1:${ports.kwok}`,
    ],
    ready: () => answersOk(`http://127.0.0.1:${ports.kwok}/healthz`),
  };
}
