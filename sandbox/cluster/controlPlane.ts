import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dump } from "js-yaml";
import { podRange, serviceRange } from "../host/namespace";
import { apiServerUrl, ports, type Context } from "./context";
import { answersOk, request, type Answer } from "./request";
import type { Part } from "./part";

export function etcd(context: Context): Part {
  const client = `http://127.0.0.1:${ports.etcd}`;
  const peer = `http://127.0.0.1:${ports.etcdPeers}`;
  return {
    name: "etcd",
    command: context.tools.etcd,
    args: [
      `--data-dir=${context.data("etcd")}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      "--unsafe-no-fsync",
      "--log-level=warn",
    ],
    ready: () => answersOk(`${client}/health`),
  };
}

/** Writes the token and the key that the API server reads, and answers the part. */
export function apiServer(context: Context): Part {
  mkdirSync(context.data("apiserver"), { recursive: true });
  const tokens = context.data("tokens.csv");
  const key = context.data("service-account.key");
  writeFileSync(tokens, `${context.token},admin,admin,"system:masters"\n`, { mode: 0o600 });
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  writeFileSync(key, privateKey.export({ type: "sec1", format: "pem" }), { mode: 0o600 });
  return {
    name: "kube-apiserver",
    command: context.tools["kube-apiserver"],
    args: [
      `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${ports.apiServer}`,
      // The namespace has no default route to take an address from.
      "--advertise-address=127.0.0.1",
      "--endpoint-reconciler-type=none",
      `--cert-dir=${context.data("apiserver")}`,
      `--token-auth-file=${tokens}`,
      "--authorization-mode=RBAC",
      `--service-account-issuer=${apiServerUrl}`,
      `--service-account-key-file=${key}`,
      `--service-account-signing-key-file=${key}`,
      `--service-cluster-ip-range=${serviceRange}`,
      // No kubelet mounts a service account's token, and kwok's nodes are ready as soon as they exist.
      "--disable-admission-plugins=ServiceAccount,TaintNodesByCondition",
    ],
    ready: async () => existsSync(context.certificate) && (await answersOk(`${apiServerUrl}/readyz`, trust(context))),
  };
}

export function controllerManager(context: Context): Part {
  return {
    name: "kube-controller-manager",
    command: context.tools["kube-controller-manager"],
    args: [
      `--kubeconfig=${context.kubeconfig}`,
      "--leader-elect=false",
      "--bind-address=127.0.0.1",
      `--secure-port=${ports.controllerManager}`,
      `--cluster-cidr=${podRange}`,
      `--service-account-private-key-file=${context.data("service-account.key")}`,
      "--kube-api-qps=200",
      "--kube-api-burst=400",
    ],
    ready: () => answersOk(`https://127.0.0.1:${ports.controllerManager}/healthz`),
  };
}

export function scheduler(context: Context): Part {
  return {
    name: "kube-scheduler",
    command: context.tools["kube-scheduler"],
    args: [
      `--kubeconfig=${context.kubeconfig}`,
      "--leader-elect=false",
      "--bind-address=127.0.0.1",
      `--secure-port=${ports.scheduler}`,
      "--kube-api-qps=200",
      "--kube-api-burst=400",
    ],
    ready: () => answersOk(`https://127.0.0.1:${ports.scheduler}/healthz`),
  };
}

function trust(context: Context): { ca: string; headers: Record<string, string> } {
  return { ca: readFileSync(context.certificate, "utf8"), headers: { authorization: `Bearer ${context.token}` } };
}

/** A kubeconfig of the cluster's administrator; the certificate is in it, so that it works from any directory. */
export function kubeconfig(context: Context, server: string = apiServerUrl): string {
  const name = "sandbox";
  return dump({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      { name, cluster: { server, "certificate-authority-data": readFileSync(context.certificate).toString("base64") } },
    ],
    users: [{ name, user: { token: context.token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });
}

/** Asks the API server; throws with its message when it refuses. */
export async function askApiServer(
  context: Context,
  path: string,
  send?: { readonly body: string; readonly contentType?: string },
): Promise<Answer> {
  const { ca, headers } = trust(context);
  const answer = await request(apiServerUrl + path, {
    ca,
    ...(send
      ? {
          method: "POST",
          body: send.body,
          headers: { ...headers, "content-type": send.contentType ?? "application/json" },
        }
      : { headers }),
    timeoutMs: 20_000,
  });
  if (answer.status >= 300)
    throw new Error(`The API server answered ${answer.status} to ${path}: ${answer.body.slice(0, 500)}`);
  return answer;
}
