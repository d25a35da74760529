import { metrics, type Metric } from "../release/metrics/metrics";
import type { ReleaseSettings } from "../release/settings";
import { telemetrySources, type Telemetry, type Version } from "../release/metrics/telemetrySources";
import { cannot, Incompatible } from "./support";
import type { Labels } from "./types/kubernetes";

/** How a controller tells the two versions apart. */
export type VersionLabels = Pick<Version, "namespace" | "labels" | "pods" | "service" | "workload">;

/**
 * The metrics that judge a release. Throws `Incompatible` where the source of telemetry does not tell its versions
 * apart.
 */
export function judgedBy(
  settings: ReleaseSettings,
  told: { readonly canary: VersionLabels; readonly stable: VersionLabels },
): readonly Metric[] {
  const { application, thresholds, metrics: own, judgement } = settings;
  const canary: Version = { application, isCanary: true, ...told.canary };
  const stable: Version = { application, isCanary: false, ...told.stable };
  return metrics(
    { canary, stable, canaryRequests: requestsOf(canary, settings), stableRequests: requestsOf(stable, settings) },
    thresholds,
    own,
    judgement,
  );
}

/**
 * Why no data passes, where a reviewer of the cluster and the gate find it: an annotation of what holds the metrics.
 */
export function reasonToPass({ judgement: { noData } }: ReleaseSettings): Labels {
  return typeof noData === "object" ? { "canary/passes-without-data": noData.pass } : {};
}

function requestsOf(version: Version, settings: ReleaseSettings): Telemetry {
  const { telemetry, router } = settings;
  const others =
    (telemetry === "ingress-nginx" && router !== "nginx") || (telemetry === "traefik" && router !== "traefik");
  const requests = others
    ? { cannot: `${telemetry} does not count what another router splits` }
    : telemetrySources[telemetry](version);
  if ("cannot" in requests) throw new Incompatible([cannot(`telemetry = "${telemetry}"`, settings, requests.cannot)]);
  return requests;
}
