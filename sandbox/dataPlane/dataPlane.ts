// The simulated data plane: one process that answers HTTP for every pod. kwok gives pods addresses but runs nothing
// behind them; in the sandbox's network namespace all of them are local, so the address that a connection arrived at
// says which pod is meant.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { CoreV1Api, KubeConfig, makeInformer } from "@kubernetes/client-node";
import { ports } from "../cluster/context";
import { containerMetrics } from "./containerMetrics";
import { Pods, type RunningPod } from "./pods";

/** The server of the pods' addresses. A connection to an address without a running pod is reset. */
export function podServer(pods: Pods): Server {
  const owners = new WeakMap<Socket, RunningPod>();
  const server = createServer((incoming: IncomingMessage, response: ServerResponse) => {
    const { socket } = incoming;
    const owner = owners.get(socket);
    const now = pods.at(socket.localAddress);
    if (owner === undefined || now?.uid !== owner.uid) {
      socket.destroy();
      return;
    }
    owner.connections.set(socket, true);
    response.once("close", () => {
      owner.connections.set(socket, false);
      if (pods.at(socket.localAddress)?.uid !== owner.uid) socket.destroy();
    });
    answer(now, incoming, response);
  });
  server.keepAliveTimeout = 60_000;
  server.on("connection", (socket: Socket) => {
    const owner = pods.at(socket.localAddress);
    if (owner === undefined) {
      socket.resetAndDestroy();
      return;
    }
    owners.set(socket, owner);
    owner.connections.set(socket, false);
    socket.once("close", () => owner.connections.delete(socket));
  });
  return server;
}

function answer({ application, ready }: RunningPod, incoming: IncomingMessage, response: ServerResponse): void {
  if (application instanceof Error) {
    response.writeHead(500, { "content-type": "text/plain" }).end(`${application.message}\n`);
  } else if (ready || /^\/(metrics|healthz)(\?|$)/.test(incoming.url ?? "")) {
    application.handle(incoming, response);
  } else {
    response.writeHead(503, { "content-type": "text/plain", "x-version": application.version }).end("not ready\n");
  }
}

/** Keeps `pods` as the API server has them; begins anew when the watch breaks. Resolves once the first list is in. */
export async function followPods(kubeconfig: string, pods: Pods): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const api = config.makeApiClient(CoreV1Api);
  const informer = makeInformer(config, "/api/v1/pods", () => api.listPodForAllNamespaces());
  informer.on("add", (pod) => pods.set(pod));
  informer.on("update", (pod) => pods.set(pod));
  informer.on("delete", (pod) => pods.remove(pod.metadata?.uid ?? ""));
  informer.on("error", (error: unknown) => {
    console.error(`The watch of the pods broke and is begun anew: ${String(error)}`);
    void sleep(200).then(() => informer.start());
  });
  await informer.start();
}

async function main(kubeconfig: string): Promise<void> {
  const pods = new Pods();
  await followPods(kubeconfig, pods);
  const server = podServer(pods).listen(ports.pods, "0.0.0.0");
  server.once("listening", () => {
    createServer((incoming, response) => {
      if (incoming.url === "/metrics") {
        response
          .writeHead(200, { "content-type": "text/plain; version=0.0.4" })
          .end(containerMetrics(pods.all(), Date.now()));
      } else {
        response.writeHead(incoming.url === "/healthz" ? 200 : 404).end();
      }
    }).listen(ports.exporter, "127.0.0.1");
    console.log(`Answers for the pods on port ${(server.address() as AddressInfo).port}.`);
  });
}

if (require.main === module) {
  main(process.argv[2] ?? "").catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}
