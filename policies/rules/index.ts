import type { Rule } from "../rule";
import { analysisFitsSteps } from "./analysis-fits-steps";
import { canaryAnnotations } from "./canary-annotations";
import { canaryIngress } from "./canary-ingress";
import { canaryQuery } from "./canary-query";
import { completeAbort } from "./complete-abort";
import { conditionsDecide } from "./conditions-decide";
import { disruptionBudget } from "./disruption-budget";
import { drainable } from "./drainable";
import { exposure } from "./exposure";
import { firstWeight } from "./first-weight";
import { gracefulShutdown } from "./graceful-shutdown";
import { judgedByAMetric } from "./judged-by-a-metric";
import { minHold } from "./min-hold";
import { noDataDoesNotPass } from "./no-data-does-not-pass";
import { ownedFields } from "./owned-fields";
import { pinnedImage } from "./pinned-image";
import { privilegedPods } from "./privileged-pods";
import { probes } from "./probes";
import { replicas } from "./replicas";
import { resources } from "./resources";
import { retiredRouter } from "./retired-router";
import { risingSteps } from "./rising-steps";
import { sharedUpstream } from "./shared-upstream";
import { somebodyTold } from "./somebody-told";
import { subsetsMatchPods } from "./subsets-match-pods";
import { versionsApart } from "./versions-apart";
import { wayBack } from "./way-back";
import { weightJump } from "./weight-jump";
import { weightedDestinations } from "./weighted-destinations";

/** Every rule of the gate: of the weights, the judgement, the routing, the workload, and the way back. */
export const rules: readonly Rule[] = [
  ...[firstWeight, weightJump, risingSteps, minHold, analysisFitsSteps, exposure],
  ...[judgedByAMetric, conditionsDecide, noDataDoesNotPass, canaryQuery],
  ...[
    versionsApart,
    subsetsMatchPods,
    weightedDestinations,
    canaryIngress,
    canaryAnnotations,
    sharedUpstream,
    retiredRouter,
  ],
  ...[probes, resources, pinnedImage, replicas, disruptionBudget, drainable, gracefulShutdown, privilegedPods],
  ...[wayBack, completeAbort, ownedFields, somebodyTold],
];
