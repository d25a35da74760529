import { openTelemetry } from "../release/metrics/openTelemetry";
import type { Telemetry, TelemetrySource, Version } from "../release/metrics/telemetry";
import type { ReleaseSettings, RouterName, TelemetryName } from "../release/settings";
import { istioRequests } from "./routers/istio";
import { ingressNginxRequests } from "./routers/nginx";
import { traefikRequests } from "./routers/traefik";
import { cannot, Incompatible } from "./support";

interface RequestCounter {
  readonly source: TelemetrySource;
  /** The only router whose requests it counts; nothing where it counts those of any. */
  readonly only?: RouterName;
}

/** Who counts the requests, by the name that the configuration has for it. */
export const requestCounters: Readonly<Record<TelemetryName, RequestCounter>> = {
  application: { source: openTelemetry },
  "ingress-nginx": { source: ingressNginxRequests, only: "nginx" },
  istio: { source: istioRequests },
  traefik: { source: traefikRequests, only: "traefik" },
};

/**
 * How the requests of a version are counted. Throws `Incompatible` where they are not, or not apart from the other's.
 */
export function requestsOf(version: Version, settings: ReleaseSettings): Telemetry {
  const { telemetry, router } = settings;
  const { source, only = router } = requestCounters[telemetry];
  const requests =
    only === router ? source(version) : { cannot: `${telemetry} does not count what another router splits` };
  if ("cannot" in requests) throw new Incompatible([cannot(`telemetry = "${telemetry}"`, settings, requests.cannot)]);
  return requests;
}
