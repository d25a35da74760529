import { metrics, type Metric } from "../release/metrics/metrics";
import type { ReleaseSettings } from "../release/settings";
import type { Version } from "../release/metrics/telemetry";
import { requestsOf } from "./telemetry";

/** How a controller tells the two versions apart. */
export type VersionLabels = Pick<Version, "namespace" | "labels" | "pods" | "service" | "workload">;

/**
 * The metrics that judge a release. Throws `Incompatible` where the source of telemetry does not tell its versions
 * apart.
 */
export function judgedBy(
  settings: ReleaseSettings,
  versions: { readonly canary: VersionLabels; readonly stable: VersionLabels },
): readonly Metric[] {
  const { application, thresholds, metrics: own, judgement } = settings;
  const canary: Version = { application, isCanary: true, ...versions.canary };
  const stable: Version = { application, isCanary: false, ...versions.stable };
  return metrics(
    { canary, stable, canaryRequests: requestsOf(canary, settings), stableRequests: requestsOf(stable, settings) },
    thresholds,
    own,
    judgement,
  );
}
