import { writeFileSync } from "node:fs";
import { dump } from "js-yaml";
import { apiServerUrl, ports, type Context } from "./context";
import type { Part } from "./part";
import { answersOk } from "./request";

export const prometheusUrl = `http://127.0.0.1:${ports.prometheus}`;

/**
 * What is scraped: each running pod that has the annotation prometheus.io/scrape "true", at its own address, on
 * prometheus.io/port and prometheus.io/path (default /metrics); Traefik; and the simulated metrics of the containers. A
 * pod's series carry its namespace, its name and its own labels.
 */
export function prometheusConfig(context: Pick<Context, "token" | "certificate" | "scrapeIntervalSeconds">): object {
  const meta = "__meta_kubernetes_pod";
  const interval = `${context.scrapeIntervalSeconds}s`;
  return {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    scrape_configs: [
      {
        job_name: "pods",
        kubernetes_sd_configs: [
          {
            role: "pod",
            api_server: apiServerUrl,
            authorization: { credentials: context.token },
            tls_config: { ca_file: context.certificate },
          },
        ],
        relabel_configs: [
          { source_labels: [`${meta}_annotation_prometheus_io_scrape`], action: "keep", regex: "true" },
          { source_labels: [`${meta}_phase`], action: "keep", regex: "Running" },
          // A pod has a target for each of its ports; with the same address they become one.
          {
            source_labels: [`${meta}_ip`, `${meta}_annotation_prometheus_io_port`],
            regex: "(.+);(\\d+)",
            target_label: "__address__",
            replacement: "$1:$2",
          },
          { source_labels: [`${meta}_annotation_prometheus_io_path`], regex: "(.+)", target_label: "__metrics_path__" },
          { regex: `${meta}_label_(.+)`, action: "labelmap" },
          { source_labels: ["__meta_kubernetes_namespace"], target_label: "namespace" },
          { source_labels: [`${meta}_name`], target_label: "pod" },
        ],
      },
      {
        job_name: "simulated-containers",
        honor_labels: true,
        static_configs: [{ targets: [`127.0.0.1:${ports.exporter}`] }],
      },
      { job_name: "traefik", static_configs: [{ targets: [`127.0.0.1:${ports.traefik}`] }] },
    ],
  };
}

export function prometheus(context: Context): Part {
  const config = context.data("prometheus.yml");
  writeFileSync(config, dump(prometheusConfig(context)), { mode: 0o600 });
  return {
    name: "prometheus",
    command: context.tools.prometheus,
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${context.data("prometheus")}`,
      "--storage.tsdb.retention.time=6h",
      `--web.listen-address=127.0.0.1:${ports.prometheus}`,
      // A new pod is scraped at once instead of up to five seconds later.
      "--scrape.discovery-reload-interval=500ms",
      "--log.level=warn",
    ],
    ready: () => answersOk(`${prometheusUrl}/-/ready`),
  };
}
