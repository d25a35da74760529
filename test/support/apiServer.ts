import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubeConfig, KubernetesObjectApi, type KubernetesObject } from "@kubernetes/client-node";
import { startPart, type Part, type RunningPart } from "../../sandbox/cluster/part";
import { toolchain } from "../../sandbox/toolchain";
import { answersOk } from "../../sandbox/cluster/request";

export interface ApiServer {
  /** Contents, not a path. */
  readonly kubeconfig: string;
  readonly objects: KubernetesObjectApi;
  /** Server-side apply by another field manager, with force, as a controller would write. */
  applyAs(manager: string, object: KubernetesObject): Promise<void>;
  stop(): Promise<void>;
}

/** etcd and a kube-apiserver on free loopback ports: no controllers, no nodes. */
export async function startApiServer(): Promise<ApiServer> {
  const directory = mkdtempSync(join(tmpdir(), "canary-api-server-"));
  const parts: RunningPart[] = [];
  const stop = async () => {
    for (const part of parts.reverse()) await part.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  const start = async (part: Part) => {
    parts.push(await startPart(part, directory, (error) => console.error(error.message)));
  };
  try {
    const [etcdClients, etcdPeers, port] = await Promise.all([freePort(), freePort(), freePort()]);
    const server = `https://127.0.0.1:${port}`;
    const tools = await toolchain(["etcd", "kube-apiserver"]);
    await start(etcd(tools.etcd, directory, etcdClients, etcdPeers));
    await start(kubeApiServer(tools["kube-apiserver"], directory, etcdClients, port));
    const kubeconfig = kubeconfigOf(server, readFileSync(join(directory, "apiserver.crt")));
    const config = new KubeConfig();
    config.loadFromString(kubeconfig);
    const objects = KubernetesObjectApi.makeApiClient(config);
    const applyAs = async (manager: string, object: KubernetesObject) => {
      await objects.patch(object, undefined, undefined, manager, true, "application/apply-patch+yaml");
    };
    return { kubeconfig, objects, applyAs, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

function etcd(command: string, directory: string, clients: number, peers: number): Part {
  const [client, peer] = [`http://127.0.0.1:${clients}`, `http://127.0.0.1:${peers}`];
  return {
    name: "etcd",
    command,
    args: [
      `--data-dir=${join(directory, "etcd")}`,
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

const token = "test";

function kubeApiServer(command: string, directory: string, etcdPort: number, port: number): Part {
  const [tokens, key] = [join(directory, "tokens.csv"), join(directory, "service-account.key")];
  writeFileSync(tokens, `${token},admin,admin,"system:masters"\n`);
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  writeFileSync(key, privateKey.export({ type: "sec1", format: "pem" }));
  const server = `https://127.0.0.1:${port}`;
  return {
    name: "kube-apiserver",
    command,
    args: [
      `--etcd-servers=http://127.0.0.1:${etcdPort}`,
      "--bind-address=127.0.0.1",
      "--advertise-address=127.0.0.1",
      "--endpoint-reconciler-type=none",
      `--secure-port=${port}`,
      `--cert-dir=${directory}`,
      `--token-auth-file=${tokens}`,
      "--authorization-mode=RBAC",
      `--service-account-issuer=${server}`,
      `--service-account-key-file=${key}`,
      `--service-account-signing-key-file=${key}`,
      "--service-cluster-ip-range=10.96.0.0/16",
      "--disable-admission-plugins=ServiceAccount",
    ],
    ready: async () => {
      const [ca, headers] = [join(directory, "apiserver.crt"), { authorization: `Bearer ${token}` }];
      return existsSync(ca) && (await answersOk(`${server}/readyz`, { ca: readFileSync(ca, "utf8"), headers }));
    },
  };
}

function kubeconfigOf(server: string, certificate: Buffer): string {
  const name = "test";
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server, "certificate-authority-data": certificate.toString("base64") } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });
}
