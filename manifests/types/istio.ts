import type { Passed } from "../../release/settings";
import type { Labels } from "./kubernetes";

/** The fields that we set of Istio's VirtualService (networking.istio.io/v1); one without hosts is delegated to. */
export interface VirtualServiceSpec {
  readonly hosts?: readonly string[];
  readonly gateways?: readonly string[];
  readonly http: readonly HttpRoute[];
}

/** The first route that matches a request gets it; one of its matches is enough. */
export interface HttpRoute {
  readonly name?: string;
  readonly match?: readonly HttpMatch[];
  readonly headers?: ResponseHeaders;
  readonly delegate?: { readonly name: string; readonly namespace: Passed<string> };
  readonly route?: readonly {
    readonly destination: IstioDestination;
    readonly weight?: number;
    readonly headers?: ResponseHeaders;
  }[];
  readonly mirror?: IstioDestination;
  readonly mirrorPercentage?: { readonly value: number };
}

/** What a request has, all of it, and which headers do not have the values named; a value is compared as a whole. */
export interface HttpMatch {
  readonly uri?: { readonly prefix: string };
  readonly headers?: Readonly<Record<string, StringMatch>>;
  readonly withoutHeaders?: Readonly<Record<string, StringMatch>>;
}

export type StringMatch = { readonly exact: string } | { readonly prefix: string } | { readonly regex: string };

export interface IstioDestination {
  readonly host: string;
  readonly subset?: string;
}

/** Headers that are added to an answer, name to value. */
export interface ResponseHeaders {
  readonly response: { readonly add: Readonly<Record<string, string>> };
}

/** The fields that we set of Istio's DestinationRule (networking.istio.io/v1). */
export interface DestinationRuleSpec {
  readonly host: string;
  readonly subsets: readonly { readonly name: string; readonly labels: Labels }[];
  readonly trafficPolicy: TrafficPolicy;
}

export interface TrafficPolicy {
  /** A cookie that keeps a user with a pod of a version, as long as it is there. */
  readonly loadBalancer?: {
    readonly consistentHash: {
      readonly httpCookie: { readonly name: string; readonly path: string; readonly ttl: string };
    };
  };
  readonly outlierDetection: {
    readonly consecutive5xxErrors: number;
    readonly interval: string;
    readonly baseEjectionTime: string;
    readonly maxEjectionPercent: number;
  };
}
