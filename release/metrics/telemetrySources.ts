import { application } from "./application";
import { ingressNginx } from "./ingressNginx";
import { istio } from "./istio";
import type { TelemetrySource } from "./telemetry";
import { traefik } from "./traefik";

export { containers } from "./containers";
export type { SeriesLabels, Telemetry, TelemetrySource, Version } from "./telemetry";
export { matchers } from "./telemetry";

export const telemetryNames = ["application", "ingress-nginx", "istio", "traefik"] as const;
export type TelemetryName = (typeof telemetryNames)[number];

/** Every source of telemetry, by the name that the configuration has for it. */
export const telemetrySources: Readonly<Record<TelemetryName, TelemetrySource>> = {
  application,
  "ingress-nginx": ingressNginx,
  istio,
  traefik,
};
