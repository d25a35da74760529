import { metrics } from "../../release/judgement";
import { RefusedRelease } from "../../release/refusal";
import type { ReleaseSettings } from "../../release/release";
import { applicationTelemetry } from "../../release/telemetry";
import type { Described, Description } from "../description";
import { native, refused } from "../meaning";
import type { DrivenByPulumi, Router, Share } from "../routers/router";
import { deployment, disruptionBudget, trackLabels } from "../workload";
import { wayOf, type Controller } from "./controller";

const annotation = "canary/step";

/**
 * Two Deployments, and the weight of the step that the stack's configuration names: each `pulumi up` moves it by one.
 * Raising, the canary is ready before its weight. Back at step 0 the weight is 0 before the canary's pods go; promoted,
 * one step after the last, the stable version runs the new image and is ready before that.
 */
export const pulumi: Controller = {
  can: {
    holds: native("each up is a person's decision"),
    promotion: native("each up is a person's decision"),
    "no data holds": native("a raise is refused until there is data"),
    "no data passes": native(),
    wait: refused("each up ends when its pods are ready, and there is no verdict to wait for"),
  },
  way: ({ byPulumi }) => byPulumi,
  describe: describeAtStep,
};

function describeAtStep(settings: ReleaseSettings, router: Router): Description {
  refuse(settings);
  const { step, steps, stableImage, image, thresholds, judgement } = settings;
  const promoted = steps.length + 1;
  const at: Share = steps[step - 1] ?? { weight: 0 };
  const share = at.mirror ?? at.weight;
  const driven = wayOf(router.byPulumi).drive(settings, at);
  const replicas = podsOf(settings, driven, share);
  const stableRuns = step === promoted ? image : stableImage || image;
  const stable: Described = { role: "stable-deployment", object: deployment({ ...settings, image: stableRuns }, "stable", replicas.stable) };
  const canary: Described = { role: "canary-deployment", object: deployment(settings, "canary", replicas.canary) };
  const { weights } = driven;
  const inFlight = weights.length > 0 ? [stable, canary, ...weights] : [canary, stable];
  return {
    objects: [disruptionBudget(settings, { [annotation]: `${step}` }), ...driven.objects, ...(share > 0 ? inFlight : [stable, ...weights, canary])],
    owned: [],
    moves: { role: "disruption-budget", annotation, promoted },
    metrics: metrics(canaryTelemetry(settings), thresholds, judgement),
    notices: driven.notices ?? [],
  };
}

/** How many pods each version has: the canary's grow with its weight; where they are the split, the stable's shrink. */
function podsOf({ replicas }: ReleaseSettings, { weights }: DrivenByPulumi, share: number): { readonly stable: number; readonly canary: number } {
  const canary = Math.ceil((replicas * share) / 100);
  return { stable: weights.length > 0 ? replicas : replicas - canary, canary };
}

/** Prometheus' pod discovery turns the pods' labels into labels of their metrics. */
function canaryTelemetry({ namespace, application }: ReleaseSettings) {
  return applicationTelemetry({ namespace: String(namespace), app_kubernetes_io_name: application, ...trackLabels("canary") });
}

function refuse({ step, steps, namespace, stableImage }: ReleaseSettings): void {
  const promoted = steps.length + 1;
  const refusals = [
    step > promoted && `step = ${step}: the plan has ${steps.length} steps; accepted: 0 to ${promoted}, at which the release is promoted`,
    step > 0 && step < promoted && stableImage === "" && `stableImage = "": step ${step} has a canary beside a stable version; accepted: the image that runs`,
    typeof namespace !== "string" && "namespace = (known later): controller pulumi asks Prometheus for the canary's metrics by it; accepted: text",
  ].filter((refusal) => typeof refusal === "string");
  if (refusals.length > 0) throw new RefusedRelease(refusals);
}
