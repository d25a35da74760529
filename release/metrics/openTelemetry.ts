import { telemetryOf, type TelemetrySource } from "./telemetry";

/** Requests as the application itself counts them, under the names of OpenTelemetry's HTTP semantic conventions. */
export const openTelemetry: TelemetrySource = ({ namespace, labels }) =>
  telemetryOf({
    requests: "http_server_request_duration_seconds_count",
    failed: 'http_response_status_code=~"5.."',
    buckets: "http_server_request_duration_seconds_bucket",
    labels: { namespace, ...labels },
  });
