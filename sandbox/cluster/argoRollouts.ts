import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ports, type Context } from "./context";
import { askApiServer } from "./controlPlane";
import type { Part } from "./part";
import { answersOk } from "./request";

/** Installs the custom resource definitions and waits until the API server serves all of them. */
export async function installArgoRollouts(context: Context): Promise<void> {
  const directory = context.files.argoRolloutsCrds;
  const files = readdirSync(directory);
  await Promise.all([
    ...files.map((file) =>
      askApiServer(context, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
        body: readFileSync(join(directory, file), "utf8"),
        contentType: "application/yaml",
      }),
    ),
    askApiServer(context, "/api/v1/namespaces", {
      body: JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: "argo-rollouts" } }),
    }),
  ]);
  for (const until = Date.now() + 20_000; ; await sleep(50, undefined, { signal: context.signal })) {
    const served = await askApiServer(context, "/apis/argoproj.io/v1alpha1").catch(() => undefined);
    const { resources = [] } = JSON.parse(served?.body ?? "{}") as { resources?: { name: string }[] };
    if (resources.filter(({ name }) => !name.includes("/")).length === files.length) return;
    if (Date.now() > until) {
      throw new Error(`The API server does not serve Argo Rollouts' ${files.length} resources 20 s after they were defined.`);
    }
  }
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
