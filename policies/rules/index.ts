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

/** Every rule of the gate, by the room that it is in. */
export const rulesByRoom = {
  weights: [firstWeight, weightJump, risingSteps, minHold, analysisFitsSteps, exposure],
  judgement: [judgedByAMetric, conditionsDecide, noDataDoesNotPass, canaryQuery],
  routing: [
    versionsApart,
    subsetsMatchPods,
    weightedDestinations,
    canaryIngress,
    canaryAnnotations,
    sharedUpstream,
    retiredRouter,
  ],
  workload: [probes, resources, pinnedImage, replicas, disruptionBudget, drainable, gracefulShutdown, privilegedPods],
  rollback: [wayBack, completeAbort, ownedFields, somebodyTold],
} as const satisfies Readonly<Record<string, readonly Rule<never>[]>>;

export const rules: readonly Rule[] = Object.values(rulesByRoom).flat();
