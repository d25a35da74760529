import type { Passed } from "../../release/release";
import type { Labels } from "./kubernetes";

/** The fields that we set of Istio's VirtualService (networking.istio.io/v1); one without hosts is delegated to. */
export interface VirtualServiceSpec {
  readonly hosts?: readonly string[];
  readonly gateways?: readonly string[];
  readonly http: readonly HttpRoute[];
}

export interface HttpRoute {
  readonly name?: string;
  readonly match?: readonly { readonly uri: { readonly prefix: string } }[];
  readonly delegate?: { readonly name: string; readonly namespace: Passed<string> };
  readonly route?: readonly { readonly destination: { readonly host: string; readonly subset: string }; readonly weight: number }[];
}

/** The fields that we set of Istio's DestinationRule (networking.istio.io/v1). */
export interface DestinationRuleSpec {
  readonly host: string;
  readonly subsets: readonly { readonly name: string; readonly labels: Labels }[];
  readonly trafficPolicy: TrafficPolicy;
}

export interface TrafficPolicy {
  readonly outlierDetection: {
    readonly consecutive5xxErrors: number;
    readonly interval: string;
    readonly baseEjectionTime: string;
    readonly maxEjectionPercent: number;
  };
}
