import { telemetryOf, type TelemetrySource } from "./telemetry";

/** Requests as Traefik counts them, by the Service that its own objects lead to. */
export const traefik: TelemetrySource = ({ namespace, service }) => {
  if (service === undefined)
    return { cannot: "Traefik counts by Service, and here one Service leads to both versions" };
  return telemetryOf({
    requests: "traefik_service_requests_total",
    failed: 'code=~"5.."',
    buckets: "traefik_service_request_duration_seconds_bucket",
    labels: { service: `${namespace}-${service}-80@kubernetescrd` },
  });
};
