import { telemetryOf, type SeriesLabels, type TelemetrySource } from "./telemetry";

/** Requests as Istio's proxies count them at their source, by the Service or the workload that they went to. */
export const istio: TelemetrySource = ({ namespace, service, workload }) => {
  const destination: SeriesLabels | undefined = service
    ? { destination_service_name: service }
    : workload
      ? { destination_workload: workload }
      : undefined;
  if (destination === undefined)
    return { cannot: "Istio counts by Service or workload, and here both versions have the same" };
  return telemetryOf({
    requests: "istio_requests_total",
    failed: 'response_code=~"5.."',
    buckets: "istio_request_duration_milliseconds_bucket",
    unitsPerSecond: 1000,
    labels: { reporter: "source", destination_service_namespace: namespace, ...destination },
  });
};
