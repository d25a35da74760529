import type { ReleaseArgs } from "../release/release";

/** Where the demonstration application is and what it is called. */
export const demo = { application: "shop", namespace: "shop", host: "shop.example.com" } as const;

/** The release of the demonstration, as a stack's configuration would hold it: a plan of forty minutes in half a minute. */
export function demoRelease(version: string, prometheus: string, change: Partial<ReleaseArgs> = {}): ReleaseArgs {
  return {
    ...demo,
    // Where the pods are simulated, the tag alone says how an image behaves.
    image: `registry.example.com/shop:${version}`,
    replicas: 4,
    readiness: { path: "/healthz", periodSeconds: 1 },
    steps: [5, 25, 50, 100].map((weight) => ({ weight, hold: "10s" })),
    thresholds: { errorRate: "5%", latencyP95: "1s" },
    judgement: { interval: "1s", window: "5s", initialDelay: "6s", failuresTolerated: 2, noData: "fail", leastRequestRate: "1/s" },
    prometheus: { address: prometheus, scrapeInterval: "1s" },
    progressDeadline: "30s",
    scaleDownDelay: "5s",
    wait: true,
    ...change,
  };
}
