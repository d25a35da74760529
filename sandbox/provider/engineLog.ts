import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { freshConnection } from "../freshConnections";
import type { Target } from "./server";

/** Lines about one resource on the engine's screen, in order. */
export class EngineLog {
  readonly #client: EngineClient | undefined;
  readonly #stream = 1 + Math.floor(Math.random() * 0x7ffffffe);
  #sent: Promise<void> = Promise.resolve();

  constructor(readonly target: Target) {
    this.#client =
      target.engine === undefined
        ? undefined
        : new EngineClient(target.engine, grpc.credentials.createInsecure(), freshConnection);
  }

  /** A line that stays. */
  info(message: string): void {
    this.#send(message, false);
  }

  /** A line that the next one replaces. */
  status(message: string): void {
    this.#send(message, true);
  }

  /** Waits until all lines have arrived; one that the engine no longer takes is dropped. */
  async close(): Promise<void> {
    await this.#sent;
    this.#client?.close();
  }

  #send(message: string, ephemeral: boolean): void {
    const client = this.#client;
    if (client === undefined) return;
    const request = new LogRequest().setSeverity(LogSeverity.INFO).setUrn(this.target.urn).setMessage(message);
    request.setStreamid(this.#stream).setEphemeral(ephemeral);
    const sent = this.#sent;
    this.#sent = sent.then(() => new Promise((resolve) => void client.log(request, () => resolve())));
  }
}
