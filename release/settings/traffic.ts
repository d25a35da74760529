import { z } from "zod";
import { percentage, rate } from "./valueTypes";

/** What the plan's promise is worked out from. */
export const trafficKeys = {
  traffic: z
    .strictObject({
      requestRate: rate("the rate of all requests at their peak")
        .optional()
        .describe("All requests of all users at their peak; without it there is no promise."),
      errorRate: percentage(
        'the share of requests that a healthy version fails; accepted: "0%" to "50%"',
        (share) => share <= 0.5,
      )
        .prefault("0.1%")
        .describe("Share of its requests that a healthy version fails."),
      objective: percentage(
        'the share of requests that are to succeed in a month; accepted: "50%" to "99.9999%"',
        (share) => share >= 0.5 && share <= 0.999999,
      )
        .prefault("99.9%")
        .describe("Share of a month's requests that are to succeed."),
    })
    .prefault({})
    .describe("What the plan's promise is worked out from."),
};
