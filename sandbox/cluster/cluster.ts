import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { argoRollouts, installArgoRollouts } from "./argoRollouts";
import { contextOf, ports } from "./context";
import { apiServer, controllerManager, etcd, kubeconfig, scheduler } from "./controlPlane";
import { flagger, installFlagger, loadTester, loadTesterUrl } from "./flagger";
import { createIstioGateway, ingressGateway, installIstio, istiod, istioUrl } from "./istio";
import { createNodes, kwok } from "./kwok";
import { startPart, type Part, type RunningPart } from "./part";
import { prometheus, prometheusUrl } from "./prometheus";
import { answersOk } from "./request";
import { createGateway, installTraefik, routerUrl, traefik } from "./traefik";
import { moduleFiles } from "../toolchain/moduleFiles";
import { toolsFor, type AddOn, type ToolName } from "../toolchain/toolchain";
import { typeScriptCommand } from "../host/typescript";

export interface ClusterOptions {
  /** A sandbox's directory, with `data` and `logs` in it. */
  readonly directory: string;
  /** Those of `toolsFor(addOns)`; pulumi is not used. */
  readonly tools: Readonly<Record<ToolName, string>>;
  /** What the cluster has beside the rest. Default none. */
  readonly addOns?: readonly AddOn[];
  /** Default 1. */
  readonly scrapeIntervalSeconds?: number;
  /** Called as each part becomes ready. */
  readonly report?: (part: { readonly name: string; readonly readyAfterMs: number }) => void;
  /** Called once when a part ends although nobody stopped it. */
  readonly onFailure?: (error: Error) => void;
}

export interface Cluster {
  /** Path of a kubeconfig of the cluster's administrator. */
  readonly kubeconfig: string;
  /** For a kubeconfig that reaches the API server under another address. */
  kubeconfigFor(server: string): string;
  /** URL, in this network namespace. */
  readonly prometheus: string;
  /** URL of Traefik's entry point for Ingresses, IngressRoutes and HTTPRoutes, in this network namespace. */
  readonly router: string;
  /** URL of Istio's ingress gateway, in this network namespace; where the add-on is. */
  readonly istioRouter?: string;
  /** URL of Flagger's load tester, in this network namespace; where the add-on is. */
  readonly loadTester?: string;
  readonly logs: string;
  /** How long after the start of the cluster each part was ready. */
  readonly parts: readonly { readonly name: string; readonly readyAfterMs: number }[];
  /** Ends every part; takes about a second. */
  stop(): Promise<void>;
}

/**
 * Starts a control plane, kwok's nodes, Argo Rollouts, Prometheus, Traefik, the process that answers for the pods and
 * the add-ons, inside the namespace that `enterNamespace` made. Throws with the part's name and the tail of its log
 * when one fails.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const from = Date.now();
  const { addOns = [] } = options;
  requireTools(options.tools, addOns);
  const failed = new AbortController();
  const logs = join(options.directory, "logs");
  const context = contextOf(options.directory, {
    tools: options.tools,
    files: await moduleFiles(addOns),
    token: randomBytes(24).toString("hex"),
    scrapeIntervalSeconds: options.scrapeIntervalSeconds ?? 1,
    signal: failed.signal,
  });
  const started: Promise<RunningPart>[] = [];
  const parts: { name: string; readyAfterMs: number }[] = [];
  let stopped = false;

  const start = async (part: Part) => {
    const starting = startPart(part, logs, onDeath, failed.signal);
    started.push(starting);
    await starting;
    const ready = { name: part.name, readyAfterMs: Date.now() - from };
    parts.push(ready);
    options.report?.(ready);
  };
  const startIstio = async () => {
    await start(istiod(context));
    await start(ingressGateway(context));
  };
  const onDeath = (error: Error) => {
    if (stopped) return;
    stopped = true;
    options.onFailure?.(error);
  };
  const stop = async () => {
    stopped = true;
    failed.abort();
    const parts = await Promise.allSettled(started);
    await Promise.all(parts.map((part) => (part.status === "fulfilled" ? part.value.stop() : undefined)));
  };

  try {
    await Promise.all([start(etcd(context)), start(apiServer(context))]);
    writeFileSync(context.kubeconfig, kubeconfig(context), { mode: 0o600 });
    const has = (addOn: AddOn) => addOns.includes(addOn);
    const istioInstalled = has("istio") ? installIstio(context) : Promise.resolve();
    await Promise.all([
      // Argo Rollouts looks for Istio's resources when it starts, and then once in ten minutes.
      Promise.all([installArgoRollouts(context), istioInstalled]).then(() => start(argoRollouts(context))),
      createNodes(context).then(() => start(kwok(context))),
      installTraefik(context).then(() => Promise.all([start(traefik(context)), createGateway(context)])),
      start(controllerManager(context)),
      start(scheduler(context)),
      start(prometheus(context)),
      start(dataPlane(context.kubeconfig)),
      has("flagger") &&
        Promise.all([installFlagger(context).then(() => start(flagger(context))), start(loadTester(context))]),
      has("istio") && istioInstalled.then(() => Promise.all([startIstio(), createIstioGateway(context)])),
    ]);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    kubeconfig: context.kubeconfig,
    kubeconfigFor: (server) => kubeconfig(context, server),
    prometheus: prometheusUrl,
    router: routerUrl,
    ...(addOns.includes("istio") && { istioRouter: istioUrl }),
    ...(addOns.includes("flagger") && { loadTester: loadTesterUrl }),
    logs,
    parts,
    stop,
  };
}

function requireTools(tools: Readonly<Partial<Record<ToolName, string>>>, addOns: readonly AddOn[]): void {
  const missing = toolsFor(addOns).filter((name) => name !== "pulumi" && tools[name] === undefined);
  if (missing.length === 0) return;
  const list = addOns.map((addOn) => JSON.stringify(addOn)).join(", ");
  throw new Error(
    `The cluster needs the tools ${missing.join(", ")} too: take them from toolchain(toolsFor([${list}])).`,
  );
}

function dataPlane(kubeconfigPath: string): Part {
  return {
    name: "data plane",
    ...typeScriptCommand("dataPlane/dataPlane.ts", [kubeconfigPath]),
    ready: () => answersOk(`http://127.0.0.1:${ports.exporter}/healthz`),
  };
}
