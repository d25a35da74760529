import type { ParentReference } from "./gatewayApi";
import type { TrafficPolicy } from "./istio";

/** The fields that we set of Flagger's Canary (flagger.app/v1beta1). Durations are text such as "30s". */
export interface CanarySpec {
  readonly provider: string;
  readonly targetRef: ObjectReference;
  readonly autoscalerRef?: ObjectReference;
  readonly ingressRef?: ObjectReference;
  readonly progressDeadlineSeconds: number;
  readonly service: CanaryService;
  readonly analysis: CanaryAnalysis;
}

export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

/** What Flagger makes of Services and routes. */
export interface CanaryService {
  readonly name: string;
  readonly port: number;
  readonly targetPort: string | number;
  readonly delegation?: true;
  readonly trafficPolicy?: TrafficPolicy;
  readonly gatewayRefs?: readonly ParentReference[];
  readonly hosts?: readonly string[];
  readonly match?: readonly { readonly uri: { readonly prefix: string } }[];
}

export interface CanaryAnalysis {
  /** In seconds or minutes alone: the definition's pattern refuses "1h". */
  readonly interval: string;
  /** How many failed checks take the canary back. */
  readonly threshold: number;
  readonly stepWeights: readonly number[];
  readonly mirror?: true;
  readonly mirrorWeight?: number;
  readonly sessionAffinity?: SessionAffinity;
  readonly metrics: readonly CanaryMetric[];
  readonly webhooks?: readonly CanaryWebhook[];
}

/** Cookies that keep a user with the canary for `maxAge` seconds, and with the stable version for one interval. */
export interface SessionAffinity {
  readonly cookieName: string;
  readonly primaryCookieName: string;
  readonly maxAge: number;
}

export interface CanaryMetric {
  readonly name: string;
  readonly interval: string;
  /** A MetricTemplate in the Canary's namespace. */
  readonly templateRef: { readonly name: string };
  /** Both bounds are still good. */
  readonly thresholdRange: { readonly min: number } | { readonly max: number };
}

export interface CanaryWebhook {
  readonly type:
    | "confirm-rollout"
    | "pre-rollout"
    | "rollout"
    | "confirm-traffic-increase"
    | "confirm-promotion"
    | "post-rollout"
    | "rollback"
    | "event";
  readonly name: string;
  readonly url: string;
  readonly timeout?: string;
  readonly muteAlert?: boolean;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The fields that we set of Flagger's MetricTemplate (flagger.app/v1beta1). */
export interface MetricTemplateSpec {
  readonly provider: { readonly type: "prometheus"; readonly address: string };
  readonly query: string;
}
