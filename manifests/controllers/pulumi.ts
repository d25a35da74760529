import type { FailedChecks } from "../../release/promise/worstCase";
import { RefusedRelease } from "../../release/settings/refusal";
import type { ReleaseSettings } from "../../release/settings";
import { stepAnnotation } from "../annotations";
import { autoscaler, scaled } from "../autoscaling";
import type { Described, Description } from "../description";
import { judgedBy, type VersionLabels } from "../canaryMetrics";
import { native, refused } from "../support";
import { canaryTest } from "../smokeTest";
import type { RenderedForPulumi, Router, Share } from "../routers/router";
import type { ScaleTarget } from "../types/kubernetes";
import { trackLabels, type Track } from "../metadata";
import { deployment, disruptionBudget, serviceNames } from "../workload";
import { possible, type Controller } from "./controller";

/**
 * Two Deployments, and the weight of the step that the stack's configuration names: each `pulumi up` moves it by one.
 * Raising, the canary is ready before its weight. Back at step 0 the weight is 0 before the canary's Deployment goes;
 * promoted, one step after the last, the stable version runs the new image and is ready before that.
 */
export const pulumi: Controller = {
  measuresAfterInterval: false,
  holdsByItself: true,
  supports: {
    holds: native("each up is a person's decision"),
    promotion: native("each up is a person's decision"),
    warnings: native("a raise is refused"),
    "goes on by itself": refused("each up is a person's decision"),
    "no data holds": native("a raise is refused until there is data"),
    "no data passes": native(),
    "smoke test by a Job": native(),
    wait: refused("each up ends when its pods are ready, and there is no verdict to wait for"),
  },
  describe: describeAtStep,
};

function describeAtStep(settings: ReleaseSettings, router: Router): Description {
  refuse(settings);
  const { step, steps, stableImage, image } = settings;
  const promoted = steps.length + 1;
  const at: Share = steps[step - 1] ?? { weight: 0 };
  const share = at.mirror ?? at.weight;
  const rendered = possible(router.drivers.pulumi).render(settings, at);
  const replicas = podsOf(settings, rendered, share);
  const stableRuns = step === promoted ? image : stableImage || image;
  const stable: Described = {
    role: "stable-deployment",
    object: deployment({ ...settings, image: stableRuns }, "stable", replicas.stable),
  };
  const canary: Described = { role: "canary-deployment", object: deployment(settings, "canary", replicas.canary) };
  // In flight the stable version may have to take all requests back at once, and keeps the pods that it has.
  const stableScaler = autoscaler(settings, targetOf(stable), { shrinks: share === 0 });
  const canaryScaler = autoscaler(settings, targetOf(canary), {
    role: "canary-autoscaler",
    minReplicas: replicas.canary,
  });
  const { weights } = rendered;
  const inFlight =
    weights.length > 0
      ? [stable, ...stableScaler, canary, ...canaryScaler, ...canaryTest(settings), ...weights]
      : [canary, stable];
  return {
    objects: [
      disruptionBudget(settings, { [stepAnnotation]: `${step}` }),
      ...rendered.objects,
      ...(share > 0 ? inFlight : [stable, ...weights, ...stableScaler]),
    ],
    owned: scaled(settings, "stable-deployment", "canary-deployment"),
    moves: { role: "disruption-budget", promoted, weights: weights.map(({ role }) => role) },
    metrics: judgedBy(settings, versions(settings, rendered)),
    failedChecks,
    notices: [...(rendered.notices ?? []), ...autoscalerNotices(settings)],
  };
}

/** Each raise is measured once. */
const failedChecks: FailedChecks = { equalFails: true, toleratedFor: "nothing" };

const targetOf = ({ object: { apiVersion, kind, metadata } }: Described): ScaleTarget => ({
  apiVersion,
  kind,
  name: String(metadata.name),
});

/**
 * How many pods each version has: the canary's grow with its weight; where they are the split, the stable's shrink.
 * Under an autoscaler the canary begins with as many as its highest weight needs: a count that each up set anew would
 * take away what the autoscaler added under load, and a least count alone would be met only after the weight is raised.
 */
function podsOf(
  { replicas, steps, autoscaling }: ReleaseSettings,
  { weights }: RenderedForPulumi,
  share: number,
): { readonly stable: number; readonly canary: number } {
  const needed = autoscaling.maxReplicas > 0 ? Math.max(...steps.map(({ weight, mirror }) => mirror ?? weight)) : share;
  const canary = Math.ceil((replicas * needed) / 100);
  return { stable: weights.length > 0 ? replicas : replicas - canary, canary };
}

function autoscalerNotices({ autoscaling }: ReleaseSettings): readonly string[] {
  if (autoscaling.maxReplicas === 0) return [];
  return [
    "controller pulumi with an autoscaler: a raise sends the canary its requests at once, and the autoscaler adds pods for them about a minute later; small steps leave little to add",
  ];
}

/** Prometheus' pod discovery turns the pods' labels into labels of their metrics. */
function versions(settings: ReleaseSettings, { objects }: RenderedForPulumi) {
  const labels = (track: Track): VersionLabels => {
    const workload = serviceNames(settings)[track];
    const service = objects.some(({ role }) => role === `${track}-service`) ? workload : undefined;
    return {
      namespace: String(settings.namespace),
      labels: { app_kubernetes_io_name: settings.application, ...trackLabels(track) },
      pods: `${workload}-[a-z0-9]+-[a-z0-9]+`,
      workload,
      ...(service !== undefined && { service }),
    };
  };
  return { canary: labels("canary"), stable: labels("stable") };
}

function refuse({ step, steps, namespace, stableImage }: ReleaseSettings): void {
  const promoted = steps.length + 1;
  const refusals = [
    step > promoted &&
      `step = ${step}: the plan has ${steps.length} steps; accepted: 0 to ${promoted}, at which the release is promoted`,
    step > 0 &&
      step < promoted &&
      stableImage === "" &&
      `stableImage = "": step ${step} has a canary beside a stable version; accepted: the image that runs`,
    typeof namespace !== "string" &&
      "namespace = (known later): controller pulumi asks Prometheus for the canary's metrics by it; accepted: text",
  ].filter((refusal) => typeof refusal === "string");
  if (refusals.length > 0) throw new RefusedRelease(refusals);
}
