import type { OwnedField } from "../description";

/** Argo Rollouts adds the version's hash to the selectors of both Services; a selector is one atomic field. */
export const selectors: readonly OwnedField[] = [
  { role: "stable-service", field: "spec.selector", by: "argo-rollouts" },
  { role: "canary-service", field: "spec.selector", by: "argo-rollouts" },
];
