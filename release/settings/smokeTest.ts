import { z } from "zod";
import { duration, imageReference, orEmpty, text, words, type Refuse, url } from "./valueTypes";

const webhookRule =
  'what is asked to test a version, by POST with its URL; accepted: "http://..." or "https://...", without credentials, white space, fragment or {{, or "" for none';

/** What tests a version before users meet it. */
export const smokeTestKeys = {
  smokeTest: z
    .strictObject({
      webhook: z
        .union([z.literal(""), url(webhookRule)], { error: webhookRule })
        .prefault("")
        .describe('URL that is asked by POST, and answers 2xx when the version passes; "" for none.'),
      image: text(
        orEmpty(imageReference),
        'the image of a Job that tests the version at $URL; accepted: "registry/name:tag", or "" for none',
      )
        .default("")
        .describe('Image of a Job that tests the version at $URL, and ends well when it passes; "" for none.'),
      command: words("a word of the test's command")
        .default([])
        .describe("Words of the Job's command; none is the image's own."),
      timeout: duration("how long the smoke test may take", 1, 3600).prefault("5m").describe("How long it may take."),
    })
    .prefault({})
    .describe(
      "What tests a canary before its first request, and a first deploy at its end: a webhook, or a Job's image.",
    ),
};

export function checkSmokeTest({ smokeTest }: z.output<z.ZodObject<typeof smokeTestKeys>>, refuse: Refuse): void {
  const { webhook, image, command } = smokeTest;
  if (webhook !== "" && image !== "")
    refuse(["smokeTest"], "a webhook or a Job does the test; accepted: webhook or image, one of them");
  if (command.length > 0 && image === "")
    refuse(["smokeTest", "command"], "it is the command of the Job's image; accepted: with smokeTest.image");
  command.forEach((word, index) => {
    if (word.includes("{{"))
      refuse(["smokeTest", "command", index], "Argo Rollouts would expand {{ in it; accepted: a word without {{");
  });
}
