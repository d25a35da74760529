import { telemetryOf, type TelemetrySource } from "./telemetry";

/**
 * Requests as ingress-nginx counts them: those of the canary carry the name of its upstream, under the main Ingress'
 * own name.
 */
export const ingressNginx: TelemetrySource = ({ namespace, application, service, isCanary }) => {
  if (service === undefined)
    return { cannot: "ingress-nginx counts by the canary's Service, and here one Service leads to both versions" };
  return telemetryOf({
    requests: "nginx_ingress_controller_requests",
    failed: 'status=~"5.."',
    buckets: "nginx_ingress_controller_request_duration_seconds_bucket",
    labels: { namespace, ingress: application, canary: isCanary ? `${namespace}-${service}-http` : "" },
  });
};
