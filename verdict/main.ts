/**
 * Waits for the verdict of a canary release and ends with it: see wait.ts. Reads AWAITED, AWAITED_KUBECONFIG and
 * AWAITED_CONTEXT.
 */
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { printable } from "../release/printable";
import { parseAwaited } from "./awaited";
import { connect, kubeConfig } from "./cluster";
import { releaseOf } from "./controllers";
import { wait } from "./wait";
import { goesOn } from "./words";

async function main(): Promise<number> {
  const awaited = parseAwaited(process.env["AWAITED"]);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      console.error(`stopped by ${signal}. ${goesOn(awaited)}`);
      process.exit(128 + constants.signals[signal]);
    });
  }
  const { AWAITED_KUBECONFIG: kubeconfig, AWAITED_CONTEXT: context } = process.env;
  return wait(awaited, {
    release: releaseOf(awaited, connect(kubeConfig({ kubeconfig, context }), awaited)),
    print: (line) => console.log(printable(line)),
    complain: (line) => console.error(printable(line)),
    now: () => performance.now(),
    sleep,
  });
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const text = error instanceof Error ? error.message : String(error);
    text.split("\n").forEach((line) => console.error(printable(line)));
    process.exit(1);
  },
);
