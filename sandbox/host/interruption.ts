import { constants } from "node:os";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The first signal asks for an end in order; the next one ends at once. */
export class Interruption {
  readonly #controller = new AbortController();
  readonly signal = this.#controller.signal;
  /** 0 as long as there was none. */
  exitCode = 0;
  /** What is done before a sudden end. */
  endAtOnce: () => void = () => undefined;

  readonly #on = (name: NodeJS.Signals) => {
    if (this.signal.aborted) {
      this.endAtOnce();
      process.exit(this.exitCode);
    }
    this.exitCode = 128 + constants.signals[name];
    console.error(`\n${name}: stopping, and removing what was made. Once more ends at once.`);
    this.#controller.abort();
  };

  constructor() {
    for (const name of signals) process.on(name, this.#on);
  }

  close(): void {
    for (const name of signals) process.off(name, this.#on);
  }
}
