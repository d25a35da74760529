import {
  controllerNames,
  routerNames,
  type ControllerName,
  type ReleaseSettings,
  type RouterName,
} from "../release/release";
import { segmentsThatGet } from "../release/segments";
import { firstWarning } from "../release/thresholds";
import { controllers } from "./controllers";
import {
  cannot,
  RefusedByPair,
  type ControlFeature,
  type Feature,
  type Meaning,
  type Refused,
  type RoutingFeature,
} from "./meaning";
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

/** What a feature means on a pair. */
export function meaning({ router, controller }: Pair, feature: Feature): Meaning {
  const way = controllers[controller].way(routers[router]);
  if ("means" in way) return way;
  const { can } = controllers[controller];
  if (feature === "smoke test by a Job" && way.can["smoke test"].means === "refused") return way.can["smoke test"];
  return feature in can ? can[feature as ControlFeature] : way.can[feature as RoutingFeature];
}

/** Whether, and why, two cannot be a pair at all. */
export function refusedPair({ router, controller }: Pair): Refused | undefined {
  const way = controllers[controller].way(routers[router]);
  return "means" in way ? way : undefined;
}

/** Throws `RefusedByPair` for what a release asks of its pair and the pair cannot mean. */
export function refuseWhatPairCannot(settings: ReleaseSettings): void {
  const asWhole = refusedPair(settings);
  if (asWhole) throw new RefusedByPair([cannot(`router = "${settings.router}"`, settings, asWhole.why)]);
  const refusals = (Object.keys(features) as Feature[]).flatMap((feature) => {
    const asked = features[feature].by(settings);
    const means = meaning(settings, feature);
    return asked !== undefined && means.means === "refused" ? cannot(asked, settings, means.why) : [];
  });
  if (refusals.length > 0) throw new RefusedByPair(refusals);
}

/** The pairs to try in place of one: those with its router first, then those with its controller, then the others. */
export function nearestPairs({ router, controller }: Pair): readonly Pair[] {
  const distance = (pair: Pair) => (pair.router === router ? 0 : pair.controller === controller ? 1 : 2);
  return pairs
    .filter((pair) => pair.router !== router || pair.controller !== controller)
    .sort((a, b) => distance(a) - distance(b));
}
