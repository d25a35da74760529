import { planTime } from "../../release/plan";
import type { ReleaseArgs, ReleaseSettings } from "../../release/settings";
import { formatDuration, parseDuration } from "../../release/units";

/** Where the demonstration application is and what it is called. */
export const demo = {
  application: "shop",
  namespace: "shop",
  host: "shop.example.com",
  requestsPerSecond: 200,
} as const;

/**
 * The release of the demonstration, as a stack's configuration would hold it: a plan of forty minutes in half a minute.
 */
export function demoRelease(version: string, prometheus: string, change: Partial<ReleaseArgs> = {}): ReleaseArgs {
  const { requestsPerSecond, ...shop } = demo;
  return {
    ...shop,
    // Where the pods are simulated, the tag alone says how an image behaves.
    image: `registry.example.com/shop:${version}`,
    replicas: 4,
    readiness: { path: "/healthz", periodSeconds: 1 },
    steps: [5, 25, 50, 100].map((weight) => ({ weight, hold: "10s" })),
    thresholds: { errorRate: "5%", latency: { p95: "1s" } },
    // Prometheus may take some seven seconds to discover a new pod and to scrape it twice.
    judgement: {
      interval: "1s",
      window: "5s",
      initialDelay: "8s",
      failuresTolerated: 2,
      noData: "fail",
      leastRequestRate: "1/s",
    },
    traffic: { requestRate: `${requestsPerSecond}/s`, errorRate: "0%" },
    prometheus: { address: prometheus, scrapeInterval: "1s" },
    progressDeadline: "30s",
    scaleDownDelay: "5s",
    wait: true,
    ...change,
  };
}

/** The same on a cluster of the user's own, in a namespace that the demonstration makes and removes. */
export const ownDemo = {
  application: "shop",
  namespace: "canary-demonstration",
  host: "canary-demonstration.example.com",
  /** ConfigMap of the application's source. */
  source: "application-source",
  requestsPerSecond: 50,
} as const;

/**
 * What differs from one Prometheus to the other: its address as seen from Argo Rollouts, and the time between two
 * scrapes.
 */
export interface OwnPrometheus {
  readonly prometheus: string;
  readonly scrapeInterval: string;
}

const failuresTolerated = 2;
const longestScrapeInterval = 300;

/**
 * The release on a cluster of the user's own; its timings follow from the scrape interval, 1s to 5m, and anything else
 * is refused.
 */
export function ownClusterRelease(version: string, { prometheus, scrapeInterval }: OwnPrometheus): ReleaseArgs {
  const { application, namespace, host, source } = ownDemo;
  const scrape = parseDuration(scrapeInterval);
  if (scrape === undefined || !Number.isInteger(scrape) || scrape < 1 || scrape > longestScrapeInterval) {
    throw new Error(
      `--scrape-interval is "${scrapeInterval}"; it is the time between two scrapes, in whole seconds. Accepted: 1s to ${formatDuration(longestScrapeInterval)}.`,
    );
  }
  const [interval, window, initialDelay] = [scrape, 4 * scrape, 10 + 2 * scrape];
  // Room for the measurements that fail a bad version before its weight rises.
  const hold = formatDuration(Math.max(window, initialDelay) + (failuresTolerated + 1) * interval);
  return {
    application,
    namespace,
    host,
    image: "node:24-alpine",
    command: ["node", "/app/application.ts"],
    mounts: { "/app": source },
    environment: { DEMO_VERSION: version },
    runAsUser: 1000,
    replicas: 4,
    readiness: { path: "/healthz", periodSeconds: 2 },
    steps: [5, 25, 50, 100].map((weight) => ({ weight, hold })),
    thresholds: { errorRate: "5%", latency: { p95: "1s" } },
    judgement: {
      interval: formatDuration(interval),
      window: formatDuration(window),
      initialDelay: formatDuration(initialDelay),
      failuresTolerated,
      noData: "fail",
      leastRequestRate: "0.5/s",
    },
    traffic: { requestRate: `${ownDemo.requestsPerSecond}/s`, errorRate: "0%" },
    prometheus: { address: prometheus, scrapeInterval: formatDuration(scrape) },
    progressDeadline: "5m",
    scaleDownDelay: "30s",
    wait: true,
  };
}

/**
 * Seconds that the first deploy, a promotion and a rollback take together: the plan once, the time to detect once, and
 * the pods' starts and ends.
 */
export function demonstrationSeconds({ steps, judgement, prometheus, scaleDownDelay }: ReleaseSettings): number {
  const { initialDelay, interval } = judgement;
  const firstDeploy = 30 + 2 * prometheus.scrapeInterval;
  const rollback = initialDelay + (failuresTolerated + 1) * interval + scaleDownDelay;
  return firstDeploy + planTime(steps).seconds + rollback + 60;
}
