import { audienceNotices } from "../release/settings/audience";
import { RefusedRelease } from "../release/settings/refusal";
import { releaseSettings, type ReleaseArgs, type ReleaseSettings } from "../release/settings";
import { nearestPairs, refuseIncompatible, type Pair } from "./compatibility";
import { controllers } from "./controllers";
import type { Description } from "./description";
import { environmentSecret } from "./environment";
import { routers } from "./routers";
import { firstDeployTest } from "./smokeTest";
import { Incompatible } from "./support";

/** A release, validated, and what it is on Kubernetes: all that a run asks of it, worked out once. */
export interface DescribedRelease extends Description {
  readonly settings: ReleaseSettings;
}

/**
 * Validates a release and describes it. Throws `RefusedRelease` for what is no release that is safe to try, and for
 * what router and controller cannot do together, with the nearest pair that can.
 */
export function describeRelease(args: ReleaseArgs): DescribedRelease {
  const settings = releaseSettings(args, controllers);
  try {
    return describeOnPair(settings);
  } catch (error) {
    if (!(error instanceof Incompatible)) throw error;
    throw new RefusedRelease(error.refusals.map((refusal) => `${refusal}; accepted: ${nearest(args, settings)}`));
  }
}

function describeOnPair(settings: ReleaseSettings): DescribedRelease {
  refuseIncompatible(settings);
  const router = routers[settings.router];
  const described = controllers[settings.controller].describe(settings, router);
  // The first object may refuse the whole: nothing is made before it.
  const [first = [], ...others] = described.objects;
  return {
    ...described,
    settings,
    objects: [first, environmentSecret(settings), others, firstDeployTest(settings)].flat(),
    notices: [...(router.notice ? [router.notice] : []), ...audienceNotices(settings), ...described.notices],
  };
}

/**
 * A pair that takes the release as it is written; else one that only asks for other times. How long a hold has to be,
 * and what is left to a default, depends on the controller.
 */
function nearest(args: ReleaseArgs, now: ReleaseSettings): string {
  const pairs = nearestPairs(now);
  const found =
    pairs.find((pair) => isPossible(() => releaseSettings({ ...args, ...pair }, controllers))) ??
    pairs.find((pair) => isPossible(() => ({ ...now, ...pair })));
  return found
    ? `this release with ${pairInKeys(found, now)}, or without it`
    : "the release without it, which no pair can do";
}

function isPossible(settings: () => ReleaseSettings): boolean {
  try {
    describeOnPair(settings());
    return true;
  } catch (error) {
    if (error instanceof Incompatible || error instanceof RefusedRelease) return false;
    throw error;
  }
}

/** The keys to change: "router = istio", or both. */
function pairInKeys({ router, controller }: Pair, now: Pair): string {
  const changes = [
    router !== now.router && `router = "${router}"`,
    controller !== now.controller && `controller = "${controller}"`,
  ];
  return changes.filter(Boolean).join(" and ");
}
