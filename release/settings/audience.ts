import type { ReleaseSettings } from ".";
import { segmentInWords, segmentsThatGet, type Segment } from "./segments";
import { formatDuration } from "../units";

/** How segments and sticky sessions move the canary's real share away from the weight, for whoever reviews the plan. */
export function audienceNotices({ segments, sticky }: Pick<ReleaseSettings, "segments" | "sticky">): readonly string[] {
  const names = (of: readonly Segment[]) => of.map(segmentInWords).join(", ");
  const [always, never] = [segmentsThatGet("canary", segments), segmentsThatGet("stable", segments)];
  return [
    ...(always.length > 0
      ? [
          `segments: ${names(always)}: all of their requests go to the canary while there is one, so that its real share is above the weight by theirs`,
        ]
      : []),
    ...(never.length > 0
      ? [
          `segments: ${names(never)}: none of their requests goes to the canary, so that the weight is a share of all others`,
        ]
      : []),
    ...(sticky.cookie
      ? [
          `sticky.cookie "${sticky.cookie}": a user keeps the version that he was given for ${formatDuration(sticky.maxAge)}, so that a raise moves new users alone, and the canary's real share lags behind the weight`,
        ]
      : []),
  ];
}
