import { ports, type Context } from "./context";
import { createNamespace, installDefinitions } from "./definitions";
import type { Part } from "./part";
import { answersOk } from "./request";

export async function installArgoRollouts(context: Context): Promise<void> {
  await Promise.all([
    installDefinitions(context, context.files.argoRolloutsCrds),
    createNamespace(context, "argo-rollouts"),
  ]);
}

export function argoRollouts(context: Context): Part {
  const health = ports.rolloutsHealth;
  return {
    name: "argo-rollouts",
    command: context.tools["rollouts-controller"],
    args: [
      `--kubeconfig=${context.kubeconfig}`,
      "--namespace=argo-rollouts",
      "--leader-elect=false",
      `--healthzPort=${health}`,
      `--metricsPort=${ports.rolloutsMetrics}`,
      "--qps=200",
      "--burst=400",
    ],
    ready: () => answersOk(`http://127.0.0.1:${health}/healthz`),
  };
}
