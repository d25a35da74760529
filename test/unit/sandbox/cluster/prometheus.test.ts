import assert from "node:assert/strict";
import { prometheusConfig } from "../../../../sandbox/cluster/prometheus";

interface Config {
  readonly global: Readonly<Record<string, string>>;
  readonly scrape_configs: readonly { readonly job_name: string; readonly honor_labels?: boolean }[];
}

describe("the cluster's Prometheus", () => {
  it("scrapes as often as it is told, and lets the simulated containers name their own pods", () => {
    const config = prometheusConfig({ token: "t", certificate: "/c", scrapeIntervalSeconds: 2 }) as Config;
    assert.deepEqual(config.global, { scrape_interval: "2s", scrape_timeout: "2s", evaluation_interval: "2s" });
    assert.deepEqual(
      config.scrape_configs.map(({ job_name, honor_labels }) => [job_name, honor_labels]),
      [
        ["pods", undefined],
        ["simulated-containers", true],
        ["traefik", undefined],
      ],
    );
  });
});
