import type { V1Pod } from "@kubernetes/client-node";
import type { RunningPod } from "./pods";

// What one copy of the application is taken to use.
const idleCores = 0.01;
const secondsPerRequest = 0.002;
const idleBytes = 48 * 2 ** 20;
const bytesPerConnection = 64 * 2 ** 10;

const factors: Readonly<Record<string, number>> = {
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** The number that a Kubernetes quantity such as "250m" or "128Mi" stands for; NaN when it is none. */
export function quantity(text: string): number {
  const [, number, suffix = ""] = /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(text) ?? [];
  return Number(number) * (suffix === "" ? 1 : (factors[suffix] ?? NaN));
}

const families = [
  {
    name: "container_cpu_usage_seconds_total",
    type: "counter",
    help: "CPU time used (simulated: by requests answered).",
  },
  { name: "container_memory_working_set_bytes", type: "gauge", help: "Working set (simulated: by open connections)." },
  {
    name: "kube_pod_container_status_restarts_total",
    type: "counter",
    help: "The container's restarts, as its pod says (simulated exporter).",
  },
  {
    name: "kube_pod_container_resource_limits",
    type: "gauge",
    help: "The container's limits (simulated exporter, real values).",
  },
] as const;

/**
 * What cAdvisor and kube-state-metrics would report of these pods, in the Prometheus text format. Usage is simulated.
 */
export function containerMetrics(pods: readonly RunningPod[], now: number): string {
  const samples = pods.flatMap((running) => samplesOf(running, now));
  return families
    .map(({ name, type, help }) => {
      const lines = samples.filter((sample) => sample.startsWith(`${name}{`));
      return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ""].join("\n");
    })
    .join("");
}

function samplesOf({ pod, application, startedAt, connections }: RunningPod, now: number): string[] {
  const answered = application instanceof Error ? 0 : application.answered();
  return (pod.spec?.containers ?? []).flatMap((container, index) => {
    const labels = labelsOf(pod, container.name);
    const cpu = (idleCores * (now - startedAt)) / 1000 + (index === 0 ? answered * secondsPerRequest : 0);
    const memory = idleBytes + (index === 0 ? connections.size * bytesPerConnection : 0);
    const limits = Object.entries(container.resources?.limits ?? {}).map(([resource, limit]) => {
      const unit = resource === "cpu" ? "core" : "byte";
      return `kube_pod_container_resource_limits{${labels},resource="${resource}",unit="${unit}"} ${quantity(limit)}`;
    });
    return [
      `container_cpu_usage_seconds_total{${labels}} ${cpu}`,
      `container_memory_working_set_bytes{${labels}} ${memory}`,
      `kube_pod_container_status_restarts_total{${labels}} ${pod.status?.containerStatuses?.[index]?.restartCount ?? 0}`,
      ...limits,
    ];
  });
}

function labelsOf(pod: V1Pod, container: string): string {
  return `namespace="${pod.metadata?.namespace}",pod="${pod.metadata?.name}",container="${container}"`;
}
