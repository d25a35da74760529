import { z } from "zod";
import { formatDuration } from "../units";
import { segmentInWords, segmentSchema, segmentsThatGet, type Segment } from "./segments";
import { duration, listOf, orEmpty, text, token, type Refuse } from "./valueTypes";

/** Who gets the canary beside the weight, and who keeps it. */
export const audienceKeys = {
  segments: listOf(segmentSchema, 64)
    .prefault([])
    .describe("Requests that get the canary whatever the weight, or never do; of those in both kinds none gets it."),
  sticky: z
    .strictObject({
      cookie: text(
        orEmpty(token),
        'the name of the cookie that keeps a user with a version; accepted: a name, or "" for none',
      )
        .default("")
        .describe('Name of the cookie; "" for none.'),
      maxAge: duration("how long a user stays with a version", 1, 365 * 24 * 3600)
        .prefault("24h")
        .describe("How long a user stays with a version."),
    })
    .prefault({})
    .describe("Cookie that keeps a user with the version that he was given while the weight moves."),
};

type Audience = z.output<z.ZodObject<typeof audienceKeys>>;

/** How segments and sticky sessions move the canary's real share away from the weight, for whoever reviews the plan. */
export function audienceNotices({ segments, sticky }: Audience): readonly string[] {
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

/** Names are unique, and a cookie's path ends at the first semicolon (RFC 6265, section 4.1.1). */
export function checkAudience({ segments, sticky, path }: Audience & { readonly path: string }, refuse: Refuse): void {
  segments.forEach(({ name }, index) => {
    if (segments.findIndex((other) => other.name === name) < index)
      refuse(["segments", index, "name"], "a segment's name is its own; accepted: one that no other segment has");
  });
  if (sticky.cookie !== "" && path.includes(";"))
    refuse(
      ["path"],
      "sticky.cookie is given for this path, which no cookie can have; accepted: a path without a semicolon",
    );
}
