import type { ReleaseSettings } from "../../release/settings";
import { segmentsThatGet } from "../../release/settings/segments";
import { formatDuration } from "../../release/units";

/** What `can` says of the segments in short. */
export const untilPodsAreGone = "after an abort in part on the aborted version until its pods are gone";

/**
 * Argo Rollouts leads the canary Service back to the stable pods at an abort, and back again at each look at pods that
 * are still there.
 */
export function afterAbort({ router, segments, scaleDownDelay }: ReleaseSettings): readonly string[] {
  const names = segmentsThatGet("canary", segments).map(({ name }) => name);
  if (names.length === 0) return [];
  return [
    `router ${router}: after an abort the segments that get the canary (${names.join(", ")}) meet the aborted version in some of their requests until its pods are gone (scaleDownDelay is ${formatDuration(scaleDownDelay)}), and a few may fail as these end`,
  ];
}
