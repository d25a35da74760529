import type { Rule } from "../gate/rule";
import { analysisFitsSteps } from "./weights/analysis-fits-steps";
import { canaryAnnotations } from "./routing/canary-annotations";
import { canaryIngress } from "./routing/canary-ingress";
import { canaryQuery } from "./judgement/canary-query";
import { completeAbort } from "./rollback/complete-abort";
import { conditionsDecide } from "./judgement/conditions-decide";
import { disruptionBudget } from "./workload/disruption-budget";
import { drainable } from "./workload/drainable";
import { exposure } from "./weights/exposure";
import { firstWeight } from "./weights/first-weight";
import { gracefulShutdown } from "./workload/graceful-shutdown";
import { judgedByAMetric } from "./judgement/judged-by-a-metric";
import { minHold } from "./weights/min-hold";
import { noDataDoesNotPass } from "./judgement/no-data-does-not-pass";
import { ownedFields } from "./rollback/owned-fields";
import { pinnedImage } from "./workload/pinned-image";
import { privilegedPods } from "./workload/privileged-pods";
import { probes } from "./workload/probes";
import { replicas } from "./workload/replicas";
import { resources } from "./workload/resources";
import { retiredRouter } from "./routing/retired-router";
import { risingSteps } from "./weights/rising-steps";
import { sharedUpstream } from "./routing/shared-upstream";
import { somebodyTold } from "./rollback/somebody-told";
import { subsetsMatchPods } from "./routing/subsets-match-pods";
import { versionsApart } from "./routing/versions-apart";
import { wayBack } from "./rollback/way-back";
import { weightJump } from "./weights/weight-jump";
import { weightedDestinations } from "./routing/weighted-destinations";

/** Rules about one thing, in a folder of their own. */
interface Room {
  readonly about: string;
  readonly rules: readonly Rule<never>[];
}

/** Every rule of the gate, by the room that it is in. */
export const rulesByRoom = {
  weights: {
    about: "How many users meet a version, for how long, and what a bad one may cost.",
    rules: [firstWeight, weightJump, risingSteps, minHold, analysisFitsSteps, exposure],
  },
  judgement: {
    about: "Whether metrics judge the canary: that they can fail, see it alone, and do not pass without data.",
    rules: [judgedByAMetric, conditionsDecide, noDataDoesNotPass, canaryQuery],
  },
  routing: {
    about: "Whether a router can split the requests as the weights say, between the versions and no others.",
    rules: [
      versionsApart,
      subsetsMatchPods,
      weightedDestinations,
      canaryIngress,
      canaryAnnotations,
      sharedUpstream,
      retiredRouter,
    ],
  },
  workload: {
    about: "Whether the pods bear a release: that they start, stop and move between nodes without failing requests.",
    rules: [probes, resources, pinnedImage, replicas, disruptionBudget, drainable, gracefulShutdown, privilegedPods],
  },
  rollback: {
    about: "Whether a bad version is taken back as a whole, and a person told of it.",
    rules: [wayBack, completeAbort, ownedFields, somebodyTold],
  },
} as const satisfies Readonly<Record<string, Room>>;

export const rules: readonly Rule[] = Object.values(rulesByRoom).flatMap((room): readonly Rule[] => room.rules);
