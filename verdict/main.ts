/**
 * Waits for the verdict of a canary release and ends with it: see wait.ts. Reads AWAITED, AWAITED_KUBECONFIG and
 * AWAITED_CONTEXT.
 */
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
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
    print: (line) => console.log(line),
    complain: (line) => console.error(line),
    now: () => performance.now(),
    sleep,
  });
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
