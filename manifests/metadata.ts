import type { Passed, ReleaseSettings } from "../release/settings";
import type { Labels, Metadata } from "./types/kubernetes";

/** The label that every pod of an application carries, of whichever version. */
export function selectorLabels({ application }: ReleaseSettings): Labels {
  return { "app.kubernetes.io/name": application };
}

/** Which of the two versions a pod is, where a Deployment each runs them. */
export type Track = "stable" | "canary";

/** The label that tells the pods of the two versions apart, where a Deployment each runs them. */
export const trackLabels = (track: Track | undefined): Labels => (track ? { track } : {});

/** Name, namespace and labels of one of the application's objects. */
export function metadata<Name extends Passed<string>>(
  settings: ReleaseSettings,
  name: Name,
  annotations: Labels = {},
): Metadata<Name> {
  const labels = { ...selectorLabels(settings), "app.kubernetes.io/managed-by": "pulumi" };
  return { name, namespace: settings.namespace, labels, ...(Object.keys(annotations).length > 0 && { annotations }) };
}
