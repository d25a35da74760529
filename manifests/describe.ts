import { audienceNotices } from "../release/settings/audience";
import { RefusedRelease } from "../release/settings/refusal";
import type { ReleaseSettings } from "../release/settings";
import { controllers } from "./controllers";
import type { Description } from "./description";
import { Incompatible } from "./support";
import { nearestPairs, refuseIncompatible, type Pair } from "./compatibility";
import { routers } from "./routers";
import { firstDeployTest } from "./smokeTest";

/**
 * What a release is on Kubernetes: its objects, who owns which of their fields, and what the canary is judged by.
 * Throws `RefusedRelease` for what router and controller cannot mean together, with the nearest pair that can.
 */
export function describe(settings: ReleaseSettings): Description {
  try {
    return describeOnPair(settings);
  } catch (error) {
    if (!(error instanceof Incompatible)) throw error;
    throw new RefusedRelease(error.refusals.map((refusal) => `${refusal}; accepted: ${nearest(settings)}`));
  }
}

function describeOnPair(settings: ReleaseSettings): Description {
  refuseIncompatible(settings);
  const router = routers[settings.router];
  const described = controllers[settings.controller].describe(settings, router);
  const objects = [...described.objects, ...firstDeployTest(settings)];
  return {
    ...described,
    objects,
    notices: [...(router.notice ? [router.notice] : []), ...audienceNotices(settings), ...described.notices],
  };
}

function nearest(settings: ReleaseSettings): string {
  const found = nearestPairs(settings).find((pair) => isPossible({ ...settings, ...pair }));
  return found
    ? `this release with ${pairInKeys(found, settings)}, or without it`
    : "the release without it, which no pair can do";
}

function isPossible(settings: ReleaseSettings): boolean {
  try {
    describeOnPair(settings);
    return true;
  } catch {
    return false;
  }
}

/** The keys to change: "router = istio", or both. */
function pairInKeys({ router, controller }: Pair, now: Pair): string {
  return [
    router !== now.router && `router = "${router}"`,
    controller !== now.controller && `controller = "${controller}"`,
  ]
    .filter(Boolean)
    .join(" and ");
}
