import type { ReleaseSettings } from "../release/settings";
import type { Described, OwnedField, Role } from "./description";
import type { AutoscalerSpec, KubernetesObject, ScaleDown, ScaleTarget } from "./types/kubernetes";
import { metadata } from "./metadata";

interface Bounds {
  readonly role: "autoscaler" | "canary-autoscaler";
  readonly minReplicas: number;
  /** Whether it may take pods away. */
  readonly shrinks: boolean;
}

/**
 * The HorizontalPodAutoscaler of a target, under its name; none where the number of pods is fixed. By default that of
 * the application, from `replicas` on.
 */
export function autoscaler(
  settings: ReleaseSettings,
  target: ScaleTarget,
  bounds: Partial<Bounds> = {},
): readonly Described[] {
  const { maxReplicas, cpu } = settings.autoscaling;
  if (maxReplicas === 0) return [];
  const { role = "autoscaler", minReplicas = settings.replicas, shrinks = true } = bounds;
  const object: KubernetesObject<AutoscalerSpec> = {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: metadata(settings, target.name),
    spec: {
      scaleTargetRef: target,
      minReplicas,
      maxReplicas,
      metrics: [
        {
          type: "Resource",
          resource: { name: "cpu", target: { type: "Utilization", averageUtilization: Math.round(cpu * 100) } },
        },
      ],
      behavior: { scaleDown: shrinks ? slowly : { selectPolicy: "Disabled" } },
    },
  };
  return [{ role, object }];
}

/**
 * A weight takes requests from a version, and may give them back at once: of the pods that stood idle most are still
 * there.
 */
const slowly: ScaleDown = { policies: [{ type: "Percent", value: 10, periodSeconds: 60 }] };

/** What an autoscaler writes into its target, where there is one. */
export function scaled({ autoscaling }: ReleaseSettings, ...roles: readonly Role[]): readonly OwnedField[] {
  return autoscaling.maxReplicas > 0 ? roles.map((role) => ({ role, field: "spec.replicas", by: "autoscaler" })) : [];
}
