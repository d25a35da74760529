// Carries bytes between a sandbox's network namespace and the user's own: a Unix socket is a file, and files are
// shared. Inside, a socket leads to a port; outside, a port leads to that socket.
import { rmSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** The kernel takes no longer path for a Unix socket. */
const longestPath = 107;

export interface Relay {
  close(): Promise<void>;
}

/** Inside: what connects to the socket at this path reaches the port on 127.0.0.1. */
export async function exposeOnSocket(port: number, socketPath: string): Promise<Relay> {
  checkPath(socketPath);
  rmSync(socketPath, { force: true });
  const server = pipeServer(() => connect(port, "127.0.0.1"));
  await listen(server, { path: socketPath });
  return { close: () => closed(server) };
}

/** Outside: a free port on 127.0.0.1 that leads to the socket at this path. */
export async function exposeOnLoopback(socketPath: string): Promise<Relay & { readonly port: number }> {
  checkPath(socketPath);
  const server = pipeServer(() => connect(socketPath));
  await listen(server, { port: 0, host: "127.0.0.1" });
  return { port: (server.address() as AddressInfo).port, close: () => closed(server) };
}

function checkPath(path: string): void {
  const length = Buffer.byteLength(path);
  if (length > longestPath) {
    throw new Error(
      `The socket's path ${path} has ${length} bytes; ${longestPath} are the most. Set CANARY_CACHE to a directory with a shorter path.`,
    );
  }
}

const open = new WeakMap<Server, Set<Socket>>();

function pipeServer(target: () => Socket): Server {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (incoming) => {
    const outgoing = target();
    outgoing.allowHalfOpen = true;
    for (const [one, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.once("error", () => other.destroy());
      one.once("close", () => {
        sockets.delete(one);
        other.destroySoon();
      });
    }
  });
  open.set(server, sockets);
  return server;
}

function listen(server: Server, where: { path: string } | { port: number; host: string }): Promise<void> {
  return new Promise((resolve, reject) => server.once("error", reject).listen(where, resolve));
}

function closed(server: Server): Promise<void> {
  for (const socket of open.get(server) ?? []) socket.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
}
