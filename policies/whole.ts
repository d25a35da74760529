/**
 * Rules by what is missing: of an object alone they would find a violation that another object, declared after it,
 * takes
 * away. They are judged only when all objects are known.
 */
export const needWhole: ReadonlySet<string> = new Set([
  "versions-apart",
  "subsets-match-pods",
  "canary-ingress",
  "replicas",
  "disruption-budget",
  "drainable",
]);
