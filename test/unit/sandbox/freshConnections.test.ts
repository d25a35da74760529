import assert from "node:assert/strict";
import * as grpc from "@grpc/grpc-js";
import { freshConnection } from "../../../sandbox/freshConnections";

const asText = {
  requestStream: false,
  responseStream: false,
  requestSerialize: Buffer.from,
  requestDeserialize: String,
  responseSerialize: Buffer.from,
  responseDeserialize: String,
};
const definition = { ping: { path: "/test/ping", ...asText } } as unknown as grpc.ServiceDefinition;
const Client = grpc.makeGenericClientConstructor(definition, "test");

describe("a client of an engine", () => {
  const servers: grpc.Server[] = [];
  const clients: grpc.Client[] = [];
  after(() => {
    for (const client of clients) client.close();
    for (const server of servers) server.forceShutdown();
  });

  async function serve(port: number): Promise<{ readonly server: grpc.Server; readonly port: number }> {
    const server = new grpc.Server();
    servers.push(server);
    server.addService(definition, {
      ping: (_call: unknown, answer: (error: null, value: string) => void) => answer(null, "pong"),
    });
    const bound = await new Promise<number>((resolve, reject) =>
      server.bindAsync(`127.0.0.1:${port}`, grpc.ServerCredentials.createInsecure(), (error, at) =>
        error ? reject(error) : resolve(at),
      ),
    );
    return { server, port: bound };
  }

  function connect(port: number): grpc.Client {
    const client = new Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), freshConnection);
    clients.push(client);
    return client;
  }

  type Ping = (asked: string, answered: (error: Error | null, value: string) => void) => void;
  const ping = (client: grpc.Client) =>
    new Promise<string>((resolve) =>
      (client["ping" as keyof grpc.Client] as Ping).call(client, "ping", (error, value) =>
        resolve(error?.message ?? value),
      ),
    );

  it("reaches the one that listens where an earlier one did, whose clients nobody closed", async () => {
    const earlier = await serve(0);
    const client = connect(earlier.port);
    assert.equal(await ping(client), "pong");
    earlier.server.forceShutdown();
    assert.match(await ping(client), /UNAVAILABLE/);
    await serve(earlier.port);
    assert.equal(await ping(connect(earlier.port)), "pong");
  });
});
