import { RefusedRelease } from "../../release/settings/refusal";
import type { ReleaseSettings } from "../../release/settings";
import type { Described } from "../description";
import { serviceOverBoth, serviceNames } from "../workload";
import { refused } from "../support";
import { ingress } from "./ingress";
import type { Router } from "./router";

const balanced = refused("a Service sends each connection to any of its pods, whatever the request carries");
const supports = {
  segments: balanced,
  never: balanced,
  sticky: balanced,
  mirror: balanced,
  autoscaling: refused("the number of pods is the share, which an autoscaler would move"),
  "smoke test": refused("a canary's pods have requests as soon as they are ready"),
};

/** One Service over the pods of both versions: the canary's share is its share of the pods. */
export const service: Router = {
  drivers: {
    "argo-rollouts": { supports, render: (settings) => ({ objects: objects(settings), owned: [] }) },
    flagger: refused("Flagger does not split requests by the number of pods"),
    pulumi: { supports, render: (settings) => ({ objects: objects(settings), weights: [] }) },
  },
};

function objects(settings: ReleaseSettings): readonly Described[] {
  refuseSharesBetweenPods(settings);
  const { application } = settings;
  return [
    serviceOverBoth(settings),
    { role: "ingress", object: ingress(settings, application, serviceNames(settings).stable) },
  ];
}

/** The weights that so many pods can give, in percent. */
export function possibleWeights(replicas: number): readonly number[] {
  const shares = Array.from({ length: replicas }, (_, index) => ((index + 1) * 100) / replicas);
  return shares.filter(Number.isInteger);
}

function refuseSharesBetweenPods({ steps, replicas }: ReleaseSettings): void {
  const possible = possibleWeights(replicas);
  const refusals = steps.flatMap(({ weight }, index) => {
    if (possible.includes(weight)) return [];
    const fitting = 100 / greatestCommonDivisor(weight, 100);
    return `steps[${index}].weight = ${weight}: router service splits by pods, and ${replicas} replicas can give ${possible.join(", ")}; accepted: one of these, replicas = ${fitting}, or another router`;
  });
  if (refusals.length > 0) throw new RefusedRelease(refusals);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
