import assert from "node:assert/strict";
import { requestCounters } from "../../../manifests/telemetry";
import { parseQuery } from "../../../release/metrics/promql";
import type { Telemetry, Version } from "../../../release/metrics/telemetry";
import type { TelemetryName } from "../../../release/settings";

const version = (track: string): Version => ({
  namespace: "shop",
  application: "shop",
  labels: { version: track },
  pods: `shop-${track}-.*`,
  service: `shop-${track}`,
  workload: `shop-${track}`,
  isCanary: track === "canary",
});

describe("telemetry", () => {
  const canary = version("canary");
  const queries: [TelemetryName, RegExp][] = [
    [
      "ingress-nginx",
      /nginx_ingress_controller_requests\{namespace="shop",ingress="shop",canary="shop-shop-canary-http",status=~"5\.\."\}/,
    ],
    [
      "istio",
      /istio_requests_total\{reporter="source",destination_service_namespace="shop",destination_service_name="shop-canary",response_code=~"5\.\."\}/,
    ],
    ["traefik", /traefik_service_requests_total\{service="shop-shop-canary-80@kubernetescrd",code=~"5\.\."\}/],
  ];
  for (const [name, selector] of queries) {
    it(`${name}: tells the canary's requests apart`, () => {
      const requests = requestCounters[name].source(canary) as Telemetry;
      assert.match(requests.errorRate(60), selector);
      for (const query of [requests.errorRate(60), requests.requestRate(60), requests.latency(0.95, 60)])
        assert.doesNotThrow(() => parseQuery(query), query);
    });
  }

  it("says where it cannot tell them apart", () => {
    const both = { ...canary, service: undefined, workload: undefined } as unknown as Version;
    for (const name of ["ingress-nginx", "istio", "traefik"] as const)
      assert.ok("cannot" in requestCounters[name].source(both), name);
  });

  it("counts the stable version's requests under ingress-nginx by an empty label", () => {
    assert.match(
      (requestCounters["ingress-nginx"].source(version("stable")) as Telemetry).requestRate(60),
      /canary=""/,
    );
  });
});
