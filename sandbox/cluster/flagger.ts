import { delimiter, dirname } from "node:path";
import { ports, type Context } from "./context";
import { createNamespace, installDefinitions } from "./definitions";
import type { Part } from "./part";
import { prometheusUrl } from "./prometheus";
import { answersOk } from "./request";

export const loadTesterUrl = `http://127.0.0.1:${ports.loadTester}`;

export async function installFlagger(context: Context): Promise<void> {
  await Promise.all([
    installDefinitions(context, context.files.flaggerCrds),
    createNamespace(context, "flagger-system"),
  ]);
}

/** The controller; a Canary names its own provider. */
export function flagger(context: Context): Part {
  return {
    name: "flagger",
    command: context.tools.flagger,
    args: [
      `-kubeconfig=${context.kubeconfig}`,
      "-kubeconfig-qps=200",
      "-kubeconfig-burst=400",
      `-metrics-server=${prometheusUrl}`,
      "-mesh-provider=traefik",
      `-port=${ports.flagger}`,
      // How soon a new Canary is seen; what its analysis takes is up to its own interval.
      "-control-loop-interval=1s",
      "-log-level=info",
    ],
    ready: () => answersOk(`http://127.0.0.1:${ports.flagger}/healthz`),
  };
}

/** Flagger's load tester: the gates that a Canary's webhooks ask, whose commands find kubectl, and the cluster. */
export function loadTester(context: Context): Part {
  return {
    name: "flagger-loadtester",
    command: context.tools.loadtester,
    args: [`-port=${ports.loadTester}`, "-log-level=info"],
    environment: {
      KUBECONFIG: context.kubeconfig,
      PATH: [dirname(context.tools.kubectl), process.env.PATH].join(delimiter),
    },
    ready: () => answersOk(`${loadTesterUrl}/healthz`),
  };
}
