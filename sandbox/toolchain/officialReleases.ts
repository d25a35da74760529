import { join } from "node:path";
import { cacheDirectory } from "../host/directory";

/** A command as its own project publishes it, for one platform. */
export interface Release {
  readonly version: string;
  readonly url: string;
  /** Where the command is in the tar.gz archive; what is downloaded is the command itself where nothing is said. */
  readonly member?: string;
  readonly sha256: string;
}

type Architecture = "amd64" | "arm64";

const kubernetes = "1.36.3";
const kubernetesOf = (command: string, amd64: string, arm64: string) =>
  ofBoth({ amd64, arm64 }, (architecture) => ({
    version: kubernetes,
    url: `https://dl.k8s.io/release/v${kubernetes}/bin/linux/${architecture}/${command}`,
  }));

/**
 * The official releases for Linux. Each checksum was published apart from the file, by others than who serves it:
 * Kubernetes' in kops (pkg/assets/assetdata), etcd's and kubectl's in kubespray (checksums.yml), kwok's in the Arch
 * user repository, the others in projects that pin the same release. A tool or platform of which no such checksum was
 * found is not here. The projects Argo Rollouts and Flagger publish their controllers as images alone.
 */
export const officialReleases: Readonly<Record<string, Partial<Record<Architecture, Release>>>> = {
  "kube-apiserver": kubernetesOf(
    "kube-apiserver",
    "1f217d397234a6d065da663c6e086fdb02c0f0de97a0758ff3e6f3956f4ef8ab",
    "16001b9d35d23634c361a1e2b7b0fc7abe186984af697ef7a869c8c8cded78b7",
  ),
  "kube-controller-manager": kubernetesOf(
    "kube-controller-manager",
    "7edfe976d5a06c7a702d653e914095f4a732a04bb2139115b6a6eba6a9b781c7",
    "27868a5c822824945b93f2d8a724a5dcd99affc68b47230ae766bff8795bbb84",
  ),
  "kube-scheduler": kubernetesOf(
    "kube-scheduler",
    "b8955d4518c902110b50a825364339b1fb673822518ce0ba081a69ed634f8eee",
    "ca1c7cd0033942bf9ef7eac80e18375d91f6f29487244c3e685f11163b01a88d",
  ),
  kubectl: kubernetesOf(
    "kubectl",
    "ebbd080e7c2e275093b55915722043257eb24004363e20acb3c4d71919f88336",
    "3d86f24401c41ae5a46ac50eef8865fe891d3647d324a0836f6c63757a126e62",
  ),
  kwok: ofBoth(
    {
      amd64: "f5a4385a2ae1b9dd7f8acae18e002a75c0ebba124ae9d7259aa8dadb50711f46",
      arm64: "628f7d277860f524a2a775c217adcc58828e7b59ab0933680315784f1b8b0e37",
    },
    (architecture) => ({
      version: "0.8.0",
      url: `https://github.com/kubernetes-sigs/kwok/releases/download/v0.8.0/kwok-linux-${architecture}`,
    }),
  ),
  etcd: ofBoth(
    {
      amd64: "cf9cfe91a4856cb90eed9c99e6aee4b708db2c7888b88a6f116281f04b0ea693",
      arm64: "438f56a700d17ce761510a3e63e6fa5c1d587b2dd4d7a22c179c09a649366760",
    },
    (architecture) => ({
      version: "3.6.8",
      url: `https://github.com/etcd-io/etcd/releases/download/v3.6.8/etcd-v3.6.8-linux-${architecture}.tar.gz`,
      member: `etcd-v3.6.8-linux-${architecture}/etcd`,
    }),
  ),
  prometheus: ofBoth(
    {
      amd64: "2a542df32eac02ee17b9d844fb2aa1de00dafa5476579ba8a3ba862e9d572ea0",
      arm64: "f1f90ec08e849d494ca66c611470afc50192f0355f1a61c33f2cbde02d067823",
    },
    (architecture) => ({
      version: "3.15.0",
      url: `https://github.com/prometheus/prometheus/releases/download/v3.15.0/prometheus-3.15.0.linux-${architecture}.tar.gz`,
      member: `prometheus-3.15.0.linux-${architecture}/prometheus`,
    }),
  ),
  pulumi: ofBoth(
    {
      amd64: "cf559568e2c32f7fae56ea3de8ae5fa48973ba8c5aa9dd2b3dc0c8898fe50dba",
      arm64: "699fbc6ea848d997e9b3645487f108d27b1b55ec807c7576406131e6e080f0e3",
    },
    (architecture) => ({
      version: "3.255.0",
      url: `https://github.com/pulumi/pulumi/releases/download/v3.255.0/pulumi-v3.255.0-linux-${architecture === "amd64" ? "x64" : "arm64"}.tar.gz`,
      member: "pulumi/pulumi",
    }),
  ),
  traefik: {
    amd64: {
      version: "3.7.10",
      url: "https://github.com/traefik/traefik/releases/download/v3.7.10/traefik_v3.7.10_linux_amd64.tar.gz",
      member: "traefik",
      sha256: "01811bb12d44f17280550f425f5e3128d6c325f2665c09e67a651ca535f490ce",
    },
  },
};

function ofBoth(
  sha256: Readonly<Record<Architecture, string>>,
  release: (architecture: Architecture) => Omit<Release, "sha256">,
): Record<Architecture, Release> {
  const of = (architecture: Architecture) => ({ ...release(architecture), sha256: sha256[architecture] });
  return { amd64: of("amd64"), arm64: of("arm64") };
}

const architectures: Readonly<Record<string, Architecture>> = { x64: "amd64", arm64: "arm64" };

/**
 * The official release of a tool for this machine; undefined where there is none, and where CANARY_TOOLS says to
 * compile. Throws for any other value of it.
 */
export function releaseOf(tool: string, environment: NodeJS.ProcessEnv = process.env): Release | undefined {
  const { CANARY_TOOLS: wanted = "" } = environment;
  if (wanted !== "" && wanted !== "compile")
    throw new Error(
      `CANARY_TOOLS = ${wanted}: where the tools come from; accepted: compile, or nothing for official binaries where they can be had`,
    );
  const architecture = process.platform === "linux" ? architectures[process.arch] : undefined;
  return wanted === "" && architecture ? officialReleases[tool]?.[architecture] : undefined;
}

/** Where a release is kept, apart from what is compiled: the directory changes with its checksum. */
export function downloadedPath(tool: string, { sha256 }: Release, cache: string = cacheDirectory()): string {
  return join(cache, "downloaded", sha256.slice(0, 16), tool);
}
