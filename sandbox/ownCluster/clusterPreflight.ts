import { execFile } from "node:child_process";
import type { KubernetesObject } from "@kubernetes/client-node";
import type { Check } from "./checks";
import { request } from "../cluster/request";
import { ownDemo } from "../demonstration/demoRelease";
import type { OwnCluster } from "./ownClusterApi";
import type { OwnNamespace } from "./ownNamespace";
import { missingTools, tools } from "../toolchain/toolchain";

const kinds = ["rollouts", "analysistemplates", "analysisruns"];
const ingressClass = "nginx";
const trialSeconds = 15;

export interface OwnPlace {
  readonly cluster: OwnCluster;
  readonly namespace: OwnNamespace;
  /** How kubectl is called for this cluster. */
  readonly kubectl: string;
  readonly router: string;
  readonly prometheus: string;
}

/** What must hold on a cluster of the user's own; the check of the namespace makes it. */
export function clusterChecks({ cluster, namespace, kubectl, router, prometheus }: OwnPlace): readonly Check[] {
  const installArgo =
    "Install Argo Rollouts 1.9 or later, for all namespaces: " +
    `${kubectl} create namespace argo-rollouts && ${kubectl} apply --namespace argo-rollouts ` +
    "--filename https://github.com/argoproj/argo-rollouts/releases/latest/download/install.yaml";
  return [
    {
      name: "pulumi",
      mend: `Install Pulumi ${tools.pulumi.least} or later (https://www.pulumi.com/docs/iac/download-install), or Go, which builds it`,
      run: pulumiCanBeHad,
    },
    {
      name: "router",
      mend:
        "The load goes to this machine's own addresses only. In another shell: " +
        `${kubectl} port-forward --namespace ingress-nginx service/ingress-nginx-controller 8080:80, and here: --router http://127.0.0.1:8080`,
      run: () => routerAnswers(router),
    },
    {
      name: "API server",
      mend: `Check the kubeconfig, its context and the way to the cluster: ${kubectl} version`,
      run: () => apiServerAnswers(cluster),
    },
    {
      name: "Argo Rollouts' kinds",
      needs: ["API server"],
      mend: installArgo,
      run: () => kindsAreThere(cluster),
    },
    {
      name: "permissions",
      needs: ["API server"],
      mend: `Name a context whose user may, with --context; to look: ${kubectl} auth can-i --list`,
      run: () => permissionsAreGiven(cluster),
    },
    {
      name: "IngressClass",
      needs: ["API server", "permissions"],
      mend: "Install ingress-nginx (https://kubernetes.github.io/ingress-nginx/deploy), or another controller that reads its canary annotations, such as Traefik 3.7",
      run: () => ingressClassIsThere(cluster),
    },
    {
      name: "namespace",
      needs: ["API server", "permissions"],
      mend: `To try by hand: ${kubectl} create namespace ${namespace.name}`,
      run: async () => `${namespace.name} is ${await namespace.make()}`,
    },
    {
      name: "Argo Rollouts' controller",
      needs: ["API server", "Argo Rollouts' kinds", "permissions", "namespace"],
      mend: `Look whether it runs, and for which namespaces: ${kubectl} get deployments --all-namespaces --selector app.kubernetes.io/name=argo-rollouts. ${installArgo}`,
      run: () => controllerWorks(cluster),
    },
    {
      name: "Prometheus",
      needs: ["Argo Rollouts' controller"],
      mend: "Name with --prometheus where it answers, as seen from Argo Rollouts' pod, such as http://prometheus-server.monitoring:80",
      run: () => prometheusWorks(cluster, prometheus),
    },
  ];
}

async function pulumiCanBeHad(): Promise<string> {
  if ((await missingTools(["pulumi"])).length === 0) return "is there";
  const go = await new Promise<boolean>((resolve) => execFile("go", ["version"], (error) => resolve(error === null)));
  if (!go) throw new Error("it is not on the PATH in a version that will do, and there is no Go to build it with");
  return "will be built with Go";
}

/** Any HTTP answer will do: as yet there is no host that it knows. */
async function routerAnswers(router: string): Promise<string> {
  checkLoopback(router);
  const { status } = await request(router, { headers: { host: ownDemo.host } }).catch((error: Error) => {
    throw new Error(`${router} does not answer: ${error.message || (error as NodeJS.ErrnoException).code}`);
  });
  return `${router} answers (${status})`;
}

/** A load is for the machine that sends it, which passes it on by a port-forward. */
export function checkLoopback(router: string): void {
  const url = URL.canParse(router) ? new URL(router) : undefined;
  if (url?.protocol === "http:" && /^(localhost|\[::1\]|127(\.\d+){3})$/.test(url.hostname)) return;
  throw new Error(`--router is "${router}"; accepted: an http:// URL on loopback, such as http://127.0.0.1:8080`);
}

async function apiServerAnswers(cluster: OwnCluster): Promise<string> {
  await may(cluster, "create", { resource: "namespaces" });
  const { gitVersion } = await cluster.ask("the version", cluster.version.getCode());
  return `${cluster.server} answers, Kubernetes ${gitVersion}`;
}

async function kindsAreThere(cluster: OwnCluster): Promise<string> {
  const served = await cluster.orNone(
    "argoproj.io/v1alpha1",
    cluster.custom.getAPIResources({ group: "argoproj.io", version: "v1alpha1" }),
  );
  const missing = kinds.filter((kind) => !served?.resources.some(({ name }) => name === kind));
  if (missing.length > 0)
    throw new Error(`the cluster does not know ${missing.map((kind) => `${kind}.argoproj.io`).join(", ")}`);
  return "are installed";
}

async function ingressClassIsThere(cluster: OwnCluster): Promise<string> {
  const found = await cluster.orNone(
    `IngressClass ${ingressClass}`,
    cluster.networking.readIngressClass({ name: ingressClass }),
  );
  if (!found) throw new Error(`there is no IngressClass ${ingressClass}`);
  return `${ingressClass} is of ${found.spec?.controller}`;
}

interface Resource {
  readonly group?: string;
  readonly resource: string;
  readonly namespace?: string;
}

async function may(cluster: OwnCluster, verb: string, what: Resource): Promise<boolean> {
  const body = { spec: { resourceAttributes: { ...what, verb } } };
  const { status } = await cluster.ask(
    "the permissions",
    cluster.authorization.createSelfSubjectAccessReview({ body }),
  );
  return status?.allowed ?? false;
}

async function permissionsAreGiven(cluster: OwnCluster): Promise<string> {
  const { namespace } = ownDemo;
  const inside: readonly Resource[] = [
    { resource: "configmaps" },
    { resource: "services" },
    { group: "networking.k8s.io", resource: "ingresses" },
    { group: "policy", resource: "poddisruptionbudgets" },
    ...kinds.map((resource) => ({ group: "argoproj.io", resource })),
  ];
  const wanted: readonly { readonly verb: string; readonly what: Resource }[] = [
    { verb: "get", what: { group: "networking.k8s.io", resource: "ingressclasses" } },
    ...["create", "get", "delete"].map((verb) => ({ verb, what: { resource: "namespaces" } })),
    ...inside.map((what) => ({ verb: "create", what: { ...what, namespace } })),
  ];
  const allowed = await Promise.all(wanted.map(({ verb, what }) => may(cluster, verb, what)));
  const missing = wanted
    .filter((_, index) => !allowed[index])
    .map(({ verb, what: { resource, group } }) => `${verb} ${resource}${group ? `.${group}` : ""}`);
  if (missing.length > 0) throw new Error(`this user may not ${missing.join(", ")}`);
  return "are given";
}

interface TrialRollout extends KubernetesObject {
  readonly spec: object;
  readonly status?: { readonly observedGeneration?: string };
}

/** A Rollout without pods: the controller has to take notice of it. */
async function controllerWorks(cluster: OwnCluster): Promise<string> {
  const labels = { "app.kubernetes.io/name": "check" };
  const rollout: TrialRollout = {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Rollout",
    metadata: { generateName: "check-", namespace: ownDemo.namespace },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: "check", image: "node:24-alpine" }] } },
      strategy: { canary: {} },
    },
  };
  const noticed = ({ status, metadata }: TrialRollout) => status?.observedGeneration === String(metadata?.generation);
  const live = await cluster.tryOut("rollouts", ownDemo.namespace, rollout, noticed, trialSeconds);
  if (!live) throw new Error(`none took notice of a Rollout in ${ownDemo.namespace} within ${trialSeconds}s`);
  return "takes notice of a Rollout";
}

async function prometheusWorks(cluster: OwnCluster, address: string): Promise<string> {
  const { phase, message } = await measureOnce(cluster, address, "vector(1)", "result[0] == 1");
  if (phase === "Successful") return `${address} answers Argo Rollouts`;
  throw new Error(
    phase
      ? `Argo Rollouts cannot ask ${address}: ${message || phase}`
      : `Argo Rollouts has no answer of ${address} within ${trialSeconds}s`,
  );
}

interface TrialRun extends KubernetesObject {
  readonly spec: object;
  readonly status?: {
    readonly phase?: string;
    readonly message?: string;
    readonly metricResults?: readonly { readonly measurements?: readonly { readonly message?: string }[] }[];
  };
}

/**
 * What Argo Rollouts makes of one query: Successful, Failed or Error with its own words; no phase where it does not
 * end.
 */
export async function measureOnce(
  cluster: OwnCluster,
  address: string,
  query: string,
  successCondition: string,
): Promise<{ readonly phase: string | undefined; readonly message: string | undefined }> {
  const provider = { prometheus: { address, query, timeout: trialSeconds - 5 } };
  const run: TrialRun = {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "AnalysisRun",
    metadata: { generateName: "check-", namespace: ownDemo.namespace },
    spec: { metrics: [{ name: "check", count: 1, consecutiveErrorLimit: 0, successCondition, provider }] },
  };
  const ended = ({ status }: TrialRun) =>
    ["Successful", "Failed", "Error", "Inconclusive"].includes(status?.phase ?? "");
  const live = await cluster.tryOut("analysisruns", ownDemo.namespace, run, ended, trialSeconds);
  return {
    phase: live?.status?.phase,
    message: live?.status?.metricResults?.[0]?.measurements?.at(-1)?.message ?? live?.status?.message,
  };
}
