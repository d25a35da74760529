import {
  controllerNames,
  routerNames,
  type ControllerName,
  type ReleaseSettings,
  type RouterName,
} from "../release/settings";
import { segmentsThatGet } from "../release/settings/segments";
import { firstWarning } from "../release/settings/thresholds";
import { controllers } from "./controllers";
import {
  cannot,
  Incompatible,
  type ControlFeature,
  type Feature,
  type Support,
  type Refused,
  type RoutingFeature,
} from "./support";
import { routers } from "./routers";

/** What splits the requests, and who moves the weight. */
export interface Pair {
  readonly router: RouterName;
  readonly controller: ControllerName;
}

/** Every pair, those that are refused as a whole included. */
export const pairs: readonly Pair[] = routerNames.flatMap((router) =>
  controllerNames.map((controller) => ({ router, controller })),
);

interface Asked {
  /** The feature in words, as a row of a table. */
  readonly title: string;
  /** The key and the value that ask for it; nothing where a release does not. */
  readonly by: (settings: ReleaseSettings) => string | undefined;
}

/** Every feature that not all pairs have, and what asks for it. */
export const features: Readonly<Record<Feature, Asked>> = {
  segments: {
    title: "segments that get the canary (header, cookie)",
    by: ({ segments }) => keysOf("segments", segmentsThatGet("canary", segments)),
  },
  never: {
    title: "segments that never get it",
    by: ({ segments }) => keysOf("segments", segmentsThatGet("stable", segments)),
  },
  sticky: {
    title: "a user keeps a version while the weight moves",
    by: ({ sticky }) => (sticky.cookie ? `sticky.cookie = "${sticky.cookie}"` : undefined),
  },
  mirror: {
    title: "a share of the requests mirrored first",
    by: ({ steps }) => (steps[0]?.mirror ? `steps[0].mirror = ${steps[0].mirror}` : undefined),
  },
  autoscaling: {
    title: "a HorizontalPodAutoscaler",
    by: ({ autoscaling }) =>
      autoscaling.maxReplicas > 0 ? `autoscaling.maxReplicas = ${autoscaling.maxReplicas}` : undefined,
  },
  "smoke test": {
    title: "a smoke test before the first request, by a webhook",
    by: ({ smokeTest }) => (smokeTest.webhook ? `smokeTest.webhook = "${smokeTest.webhook}"` : undefined),
  },
  "smoke test by a Job": {
    title: "the same by a Job",
    by: ({ smokeTest }) => (smokeTest.image ? `smokeTest.image = "${smokeTest.image}"` : undefined),
  },
  holds: {
    title: "holds other than the interval",
    by: ({ steps, judgement }) =>
      keyOfStep(steps.findIndex(({ hold }) => typeof hold === "number" && hold !== judgement.interval)),
  },
  promotion: {
    title: "a step that waits for a person",
    by: ({ steps }) => keyOfStep(steps.findIndex(({ hold }) => hold === "until promoted")),
  },
  warnings: { title: "a warning that holds for a person", by: firstWarning },
  "goes on by itself": {
    title: "goes on by itself while it is healthy",
    by: ({ decisions }) =>
      decisions === "automatic" || decisions === "hybrid" ? `decisions = "${decisions}"` : undefined,
  },
  "no data holds": {
    title: "no data holds",
    by: ({ judgement }) =>
      judgement.noData === "hold" || judgement.noData === "hold, then fail"
        ? `judgement.noData = "${judgement.noData}"`
        : undefined,
  },
  "no data passes": {
    title: "no data passes, for a reason",
    by: ({ judgement }) =>
      typeof judgement.noData === "object" ? `judgement.noData = ${JSON.stringify(judgement.noData)}` : undefined,
  },
  wait: { title: "`pulumi up` waits for the verdict", by: ({ wait }) => (wait ? "wait = true" : undefined) },
};

function keysOf(key: string, values: readonly { readonly name: string }[]): string | undefined {
  return values.length > 0 ? `${key} = ${values.map(({ name }) => name).join(", ")}` : undefined;
}

function keyOfStep(index: number): string | undefined {
  return index >= 0 ? `steps[${index}].hold` : undefined;
}

/** How a pair supports a feature. */
export function supportOf({ router, controller }: Pair, feature: Feature): Support {
  const driver = routers[router].drivers[controller];
  if ("why" in driver) return driver;
  const { supports } = controllers[controller];
  const test = driver.supports["smoke test"];
  if (feature === "smoke test by a Job" && test.how === "refused") return test;
  return feature in supports ? supports[feature as ControlFeature] : driver.supports[feature as RoutingFeature];
}

/** Whether, and why, two cannot be a pair at all. */
export function refusedPair({ router, controller }: Pair): Refused | undefined {
  const driver = routers[router].drivers[controller];
  return "why" in driver ? driver : undefined;
}

/** Throws `Incompatible` for what a release asks of its pair and the pair does not support. */
export function refuseIncompatible(settings: ReleaseSettings): void {
  const asWhole = refusedPair(settings);
  if (asWhole) throw new Incompatible([cannot(`router = "${settings.router}"`, settings, asWhole.why)]);
  const refusals = (Object.keys(features) as Feature[]).flatMap((feature) => {
    const asked = features[feature].by(settings);
    const support = supportOf(settings, feature);
    return asked !== undefined && support.how === "refused" ? cannot(asked, settings, support.why) : [];
  });
  if (refusals.length > 0) throw new Incompatible(refusals);
}

/** The pairs to try in place of one: those with its router first, then those with its controller, then the others. */
export function nearestPairs({ router, controller }: Pair): readonly Pair[] {
  const distance = (pair: Pair) => (pair.router === router ? 0 : pair.controller === controller ? 1 : 2);
  return pairs
    .filter((pair) => pair.router !== router || pair.controller !== controller)
    .sort((a, b) => distance(a) - distance(b));
}
