import { metrics, type Metric } from "../release/judgement";
import type { ReleaseSettings } from "../release/release";
import { telemetrySources, type Telemetry, type Version } from "../release/telemetry";
import { RefusedByPair } from "./meaning";

/** How a controller tells the two versions apart. */
export type Told = Pick<Version, "namespace" | "labels" | "pods" | "service" | "workload">;

/** The metrics that judge a release. Throws `RefusedByPair` where the source of telemetry does not tell its versions apart. */
export function judgedBy(settings: ReleaseSettings, told: { readonly canary: Told; readonly stable: Told }): readonly Metric[] {
  const { application, thresholds, metrics: own, judgement } = settings;
  const canary: Version = { application, isCanary: true, ...told.canary };
  const stable: Version = { application, isCanary: false, ...told.stable };
  return metrics({ canary, stable, canaryRequests: requestsOf(canary, settings), stableRequests: requestsOf(stable, settings) }, thresholds, own, judgement);
}

function requestsOf(version: Version, { telemetry, router, controller }: ReleaseSettings): Telemetry {
  const requests = telemetrySources[telemetry](version);
  const others = telemetry === "ingress-nginx" ? router !== "nginx" : telemetry === "traefik" && router !== "traefik";
  const why = others ? `${telemetry} does not count what another router splits` : "cannot" in requests ? requests.cannot : undefined;
  if (why === undefined && !("cannot" in requests)) return requests;
  throw new RefusedByPair([`telemetry = "${telemetry}": router ${router} with controller ${controller}: ${why}`]);
}
