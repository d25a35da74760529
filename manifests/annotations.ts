import type { ReleaseSettings } from "../release/settings";
import type { Labels } from "./types/kubernetes";

/** Of the pods: which attempt at one image they are, counted from 1. */
export const attemptAnnotation = "canary/attempt";

/** Of the first object under controller pulumi: the step that the release is at. */
export const stepAnnotation = "canary/step";

/** Of an object with fields that a controller writes: what is declared in them, as JSON. */
export const declaredAnnotation = "canary/declared";

/** Of what holds the metrics: why no data passes. */
export const passesWithoutDataAnnotation = "canary/passes-without-data";

/** Of a Rollout or a Canary: how many requests all users make at their peak, such as "100/s". */
export const requestRateAnnotation = "canary/request-rate";

/** Followed by a rule's name, of an object that may break that rule: until when, and why. */
export const exceptionAnnotation = "canary/except.";

/** Why no data passes, for a reviewer of the cluster and for the gate. */
export function reasonToPass({ judgement: { noData } }: ReleaseSettings): Labels {
  return typeof noData === "object" ? { [passesWithoutDataAnnotation]: noData.pass } : {};
}

/** The exceptions of a release from rules of the gate. */
export function exceptions(settings: ReleaseSettings): Labels {
  const entries = Object.entries(settings.exceptions);
  return Object.fromEntries(entries.map(([rule, text]) => [`${exceptionAnnotation}${rule}`, text]));
}

/** What the gate works out from it how many requests a bad version can fail. */
export function requestRate({ traffic }: ReleaseSettings): Labels {
  return traffic.requestRate === undefined ? {} : { [requestRateAnnotation]: `${traffic.requestRate}/s` };
}
