import { join } from "node:path";
import type { ModuleFiles } from "../toolchain/moduleFiles";
import type { ToolName } from "../toolchain/toolchain";

/** What listens where. The same in every sandbox: each has a network namespace of its own. */
export const ports = {
  router: 80,
  etcd: 2379,
  etcdPeers: 2380,
  apiServer: 6443,
  pods: 8080,
  istioGateway: 8081,
  rolloutsMetrics: 8090,
  rolloutsHealth: 8091,
  flagger: 8092,
  loadTester: 8093,
  traefik: 9000,
  prometheus: 9090,
  exporter: 9101,
  kwok: 10247,
  controllerManager: 10257,
  scheduler: 10259,
  envoyAdmin: 15000,
  istiodGrpc: 15010,
  istiodMetrics: 15014,
  istiod: 15080,
} as const;

export const apiServerUrl = `https://127.0.0.1:${ports.apiServer}`;

/** What the parts of one cluster share. */
export interface Context {
  readonly tools: Readonly<Record<ToolName, string>>;
  readonly files: ModuleFiles;
  readonly kubeconfig: string;
  /** Of a member of system:masters; every part uses it. */
  readonly token: string;
  /** The API server's own certificate. */
  readonly certificate: string;
  readonly scrapeIntervalSeconds: number;
  /** Aborted when a part fails while others still start. */
  readonly signal: AbortSignal;
  /** A path in the sandbox's data directory. */
  data(...names: string[]): string;
}

export function contextOf(
  directory: string,
  rest: Pick<Context, "tools" | "files" | "token" | "scrapeIntervalSeconds" | "signal">,
): Context {
  const data = (...names: string[]) => join(directory, "data", ...names);
  return { ...rest, data, kubeconfig: data("kubeconfig"), certificate: data("apiserver", "apiserver.crt") };
}
