import { setTimeout as sleep } from "node:timers/promises";
import type { SmokeTestQuestion } from "../manifests/smokeTest";
import { cut, printable } from "../release/printable";

const retrySeconds = 5;

/**
 * Asks a webhook to test a version, again and again until it answers 2xx. Throws with its last answer when the time is
 * over.
 */
export async function smokeTested(
  { webhook, timeout }: { readonly webhook: string; readonly timeout: number },
  question: SmokeTestQuestion,
): Promise<void> {
  for (const end = Date.now() + timeout * 1000; ; await sleep(retrySeconds * 1000)) {
    const why = await asked(webhook, question, end - Date.now());
    if (why === undefined) return;
    if (Date.now() + retrySeconds * 1000 >= end)
      throw new Error(
        `smokeTest.webhook = "${webhook}": the test of ${question.metadata.url} did not pass in ${timeout}s: ${why}; accepted: an answer of 2xx`,
      );
  }
}

/** Why the test did not pass; undefined where it did. */
async function asked(webhook: string, question: SmokeTestQuestion, milliseconds: number): Promise<string | undefined> {
  try {
    const answer = await fetch(webhook, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(question),
      signal: AbortSignal.timeout(milliseconds),
    });
    return answer.ok ? undefined : `it answers ${answer.status}: ${printable(cut(await answer.text()))}`;
  } catch (error) {
    const { cause, message } = error as Error;
    return `it does not answer: ${cause instanceof Error ? cause.message : message}`;
  }
}
