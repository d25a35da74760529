// How each contender of the bench of bad releases deploys an application on the cluster, and releases a version of it.
import { setTimeout as sleep } from "node:timers/promises";
import {
  KubernetesObjectApi,
  PatchStrategy,
  type KubeConfig,
  type KubernetesObject as AnyObject,
} from "@kubernetes/client-node";
import { describeRelease } from "../manifests/describe";
import type { KubernetesObject } from "../manifests/types/kubernetes";
import type { ReleaseArgs } from "../release/settings";
import { createStack, type EngineOptions } from "../sandbox/engine";
import { serveProviders } from "../sandbox/provider";
import type { Rollout } from "../verdict/types/argoRollouts";
import type { Canary } from "../verdict/types/flagger";
import type { Contender } from "./badReleases";

/** What became of a version, and why in the contender's words; a release that does not end is neither. */
export interface End {
  readonly is: "taken back" | "promoted" | "neither";
  readonly why: string;
}

/** An application whose first version runs. */
export interface Deployed {
  /** Releases another one, and resolves when that has ended. Once only. */
  release(version: string): Promise<End>;
}

export interface Bed {
  readonly kubeConfig: KubeConfig;
  readonly engine: Omit<EngineOptions, "debugProviders">;
  readonly prometheus: string;
}

/** Deploys the first version, `v1`, of the release that `args` gives for a version; resolves once it runs. */
export function deploy({ name }: Contender, args: (version: string) => ReleaseArgs, place: Bed): Promise<Deployed> {
  return name === "ours" ? byEngine(args, place) : byApplying((version) => objects(name, args(version), place), place);
}

/** An engine that ends cancels what its providers do, so that each has its own. */
async function byEngine(args: (version: string) => ReleaseArgs, { engine }: Bed): Promise<Deployed> {
  const { close, debugProviders } = await serveProviders({ kubeconfig: engine.kubeconfig });
  const { stack, configure } = await createStack({ ...engine, debugProviders });
  const up = async (version: string): Promise<End> => {
    configure(args(version));
    const said: string[] = [];
    const failure = await stack
      .up({
        suppressProgress: true,
        onEvent: ({ diagnosticEvent }) => diagnosticEvent && said.push(diagnosticEvent.message),
      })
      .then(
        () => undefined,
        (error: Error) => error,
      );
    const aborted = said
      .flatMap((message) => message.replace(/<\{%[^%]*%\}>/g, "").split("\n"))
      .findLast((line) => line.startsWith("aborted: "));
    if (failure === undefined) return { is: "promoted", why: "" };
    if (aborted !== undefined) return { is: "taken back", why: aborted };
    throw failure;
  };
  await up("v1");
  return { release: (version) => up(version).finally(close) };
}

/** The objects of a release, in which the analysis is the one that is documented. */
function objects(name: Contender["name"], args: ReleaseArgs, { prometheus }: Bed): readonly KubernetesObject[] {
  const all = describeRelease(args).objects.map(({ object }) => object);
  if (name === "flagger-documented") return all.filter(({ kind }) => kind !== "MetricTemplate").map(asFlaggerDocuments);
  return name === "argo-documented" ? all.map((object) => asArgoDocuments(object, args.application, prometheus)) : all;
}

/** docs/gitbook/tutorials/istio-progressive-delivery.md of Flagger 1.44, but for its interval of a minute. */
function asFlaggerDocuments(object: KubernetesObject): KubernetesObject {
  if (object.kind !== "Canary") return object;
  const metrics = [
    { name: "request-success-rate", thresholdRange: { min: 99 }, interval: "1m" },
    { name: "request-duration", thresholdRange: { max: 500 }, interval: "30s" },
  ];
  return {
    ...object,
    spec: {
      ...(object.spec as object),
      analysis: { interval: "10s", threshold: 5, maxWeight: 50, stepWeight: 10, metrics },
    },
  };
}

/**
 * "Background Analysis" in docs/features/analysis.md of Argo Rollouts 1.10, thirty times as fast, with the names of
 * Traefik's metric in place of Istio's.
 */
function asArgoDocuments(object: KubernetesObject, application: string, address: string): KubernetesObject {
  if (object.kind === "AnalysisTemplate") {
    const rate = (more = "") =>
      `sum(irate(traefik_service_requests_total{service=~"{{args.service-name}}"${more}}[10s]))`;
    const query = `${rate(',code!~"5.*"')} / ${rate()}`;
    const metric = {
      name: "success-rate",
      interval: "10s",
      successCondition: "result[0] >= 0.95",
      failureLimit: 3,
      provider: { prometheus: { address, query } },
    };
    return { ...object, spec: { args: [{ name: "service-name" }], metrics: [metric] } };
  }
  if (object.kind !== "Rollout") return object;
  const spec = object.spec as { readonly strategy: { readonly canary: object } };
  const steps = [20, 40, 60, 80].flatMap((setWeight) => [{ setWeight }, { pause: { duration: "20s" } }]);
  const service = `${application}-${application}-canary-80@kubernetescrd`;
  const analysis = {
    templates: [{ templateName: application }],
    startingStep: 2,
    args: [{ name: "service-name", value: service }],
  };
  return { ...object, spec: { ...spec, strategy: { canary: { ...spec.strategy.canary, steps, analysis } } } };
}

/** Seconds that a release may take to end. */
const patience = 300;

async function byApplying(
  objectsOf: (version: string) => readonly KubernetesObject[],
  { kubeConfig }: Bed,
): Promise<Deployed> {
  const api = KubernetesObjectApi.makeApiClient(kubeConfig);
  const first = objectsOf("v1");
  for (const object of first) await api.create(object as AnyObject);
  const controlled = first.find(({ kind }) => kind === "Canary" || kind === "Rollout");
  const look = async () => {
    const { apiVersion, kind, metadata } = controlled ?? {};
    const object = await api.read({
      apiVersion: `${apiVersion}`,
      kind: `${kind}`,
      metadata: { name: `${metadata?.name}`, namespace: String(metadata?.namespace) },
    });
    return kind === "Canary" ? ofCanary(object as unknown as Canary) : ofRollout(object as unknown as Rollout);
  };
  await until(look, (state) => state === "ready");
  return {
    release: async (version) => {
      const workload = objectsOf(version).find(({ kind }) => kind === "Deployment" || kind === "Rollout");
      const { apiVersion, kind, metadata, spec } = workload as KubernetesObject<{ readonly template: object }>;
      const patch = {
        apiVersion,
        kind,
        metadata: { name: String(metadata.name), namespace: String(metadata.namespace) },
        spec: { template: spec.template },
      };
      await api.patch(patch, undefined, undefined, undefined, undefined, PatchStrategy.MergePatch);
      await until(look, (state) => state === "releasing");
      const { state, why } = await until(look, (now) => now !== "releasing");
      return { is: ends[state], why };
    },
  };
}

type State = "ready" | "releasing" | "taken back";
const ends: Readonly<Record<State, End["is"]>> = {
  ready: "promoted",
  "taken back": "taken back",
  releasing: "neither",
};

interface Seen {
  readonly state: State;
  readonly why: string;
}

function ofRollout({ metadata, status }: Rollout): Seen {
  const seen = status?.observedGeneration === `${metadata.generation}`;
  const ready = status?.phase === "Healthy" && status.currentPodHash === status.stableRS;
  return {
    state: !seen ? "releasing" : status.abort ? "taken back" : ready ? "ready" : "releasing",
    why: status?.message ?? "",
  };
}

function ofCanary({ status }: Canary): Seen {
  const ready = status?.phase === "Initialized" || status?.phase === "Succeeded";
  return {
    state: status?.phase === "Failed" ? "taken back" : ready ? "ready" : "releasing",
    why: status?.conditions?.at(-1)?.message ?? "",
  };
}

/** What is seen at the first state that will do, or at the last one when the patience is over. */
async function until(look: () => Promise<Seen>, wanted: (state: State) => boolean): Promise<Seen> {
  for (const end = Date.now() + patience * 1000; ; await sleep(500)) {
    const seen = await look();
    if (wanted(seen.state) || Date.now() > end) return seen;
  }
}
