import { formatDuration } from "../units";
import { matchers, type Version } from "./telemetry";

/**
 * What cAdvisor and kube-state-metrics say of a version's containers: the pod that is worst off, so that none hides
 * behind the others.
 */
export function containers({ namespace, application, pods }: Version) {
  const own = matchers({ namespace, pod: `~${pods}`, container: application });
  const limit = (resource: string) =>
    `sum by (pod) (kube_pod_container_resource_limits{${own},resource="${resource}"})`;
  return {
    /** Share of the limit on CPU that is used, 0 to 1. */
    cpu: (window: number) =>
      `max(sum by (pod) (rate(container_cpu_usage_seconds_total{${own}}[${formatDuration(window)}])) / ${limit("cpu")})`,
    /** Share of the limit on memory that is used, 0 to 1. */
    memory: () => `max(sum by (pod) (container_memory_working_set_bytes{${own}}) / ${limit("memory")})`,
    /** Restarts of all its containers within the window. */
    restarts: (window: number) =>
      `sum(increase(kube_pod_container_status_restarts_total{${own}}[${formatDuration(window)}]))`,
  };
}
