/** Asks the webhook of a smoke test until it passes or its time is over. Reads SMOKE_TEST. */
import type { SmokeTestQuestion } from "../manifests/smokeTest";
import { smokeTested } from "./askWebhook";

const { question, ...test } = JSON.parse(process.env["SMOKE_TEST"] ?? "") as {
  readonly webhook: string;
  readonly timeout: number;
  readonly question: SmokeTestQuestion;
};

smokeTested(test, question).then(
  () => console.log(`the smoke test of ${question.metadata.url} passed`),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
