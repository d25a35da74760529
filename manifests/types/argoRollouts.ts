import type { Passed } from "../../release/settings";
import type { JobSpec, Labels, PodTemplate } from "./kubernetes";

/** The fields that we set of Argo Rollouts' Rollout (argoproj.io/v1alpha1). Durations are text such as "30s". */
export interface RolloutSpec {
  readonly replicas: number;
  readonly revisionHistoryLimit: number;
  readonly progressDeadlineSeconds: number;
  readonly progressDeadlineAbort: true;
  readonly selector: { readonly matchLabels: Labels };
  readonly template: PodTemplate;
  readonly strategy: { readonly canary: CanaryStrategy };
}

export interface CanaryStrategy {
  readonly stableService?: string;
  readonly canaryService?: string;
  readonly maxSurge: number | string;
  readonly maxUnavailable: number | string;
  readonly scaleDownDelaySeconds?: number;
  readonly abortScaleDownDelaySeconds?: number;
  readonly trafficRouting?: TrafficRouting;
  readonly steps: readonly RolloutStep[];
  readonly analysis: BackgroundAnalysis;
}

/** How a router is driven by Argo Rollouts. */
export interface TrafficRouting {
  readonly nginx?: { readonly stableIngress: string; readonly canaryIngressAnnotations: Labels };
  readonly traefik?: { readonly weightedTraefikServiceName: string };
  readonly istio?: {
    readonly virtualService: { readonly name: string; readonly routes: readonly string[] };
    readonly destinationRule: {
      readonly name: string;
      readonly stableSubsetName: string;
      readonly canarySubsetName: string;
    };
  };
  readonly plugins?: {
    readonly "argoproj-labs/gatewayAPI": { readonly httpRoute: string; readonly namespace: Passed<string> };
  };
  /**
   * Routes that steps make, in their order; the controller takes away those with these names at an abort and at the
   * end.
   */
  readonly managedRoutes?: readonly { readonly name: string }[];
}

export type RolloutStep =
  | { readonly setWeight: number }
  | { readonly analysis: Omit<BackgroundAnalysis, "startingStep"> }
  | { readonly pause: { readonly duration?: string } }
  | { readonly setCanaryScale: { readonly weight: number } | { readonly matchTrafficWeight: true } }
  /** All requests that one of the matches fits go to the canary. */
  | { readonly setHeaderRoute: { readonly name: string; readonly match: readonly HeaderRouteMatch[] } }
  /**
   * A copy of so many percent of the requests that a match fits goes to the canary; without a match the route is taken
   * away.
   */
  | {
      readonly setMirrorRoute: {
        readonly name: string;
        readonly percentage?: number;
        readonly match?: readonly { readonly path: { readonly prefix: string } }[];
      };
    };

export interface HeaderRouteMatch {
  readonly headerName: string;
  readonly headerValue: { readonly exact?: string; readonly prefix?: string; readonly regex?: string };
}

/** An analysis that runs beside the steps, from the step with the 0-based index `startingStep` on. */
export interface BackgroundAnalysis {
  readonly startingStep: number;
  readonly templates: readonly { readonly templateName: string }[];
  readonly args: readonly AnalysisArgument[];
}

export interface AnalysisArgument {
  readonly name: string;
  readonly valueFrom?: {
    readonly podTemplateHashValue?: "Latest" | "Stable";
    readonly fieldRef?: { readonly fieldPath: string };
  };
}

export interface AnalysisTemplateSpec<Metric = AnalysisMetric> {
  readonly args: readonly { readonly name: string }[];
  readonly metrics: readonly Metric[];
}

/** A test that is done once, and fails when its Job fails or the URL answers anything but 2xx. */
export interface TestMetric {
  readonly name: string;
  readonly consecutiveErrorLimit: number;
  readonly provider:
    | { readonly job: { readonly spec: JobSpec } }
    | {
        readonly web: {
          readonly method: "POST";
          readonly url: string;
          readonly timeoutSeconds: number;
          readonly headers: readonly { readonly key: string; readonly value: string }[];
          readonly jsonBody: object;
        };
      };
}

/** One metric of an analysis; limits are how many measurements may end so, and the next one ends the run. */
export interface AnalysisMetric {
  readonly name: string;
  readonly interval: string;
  readonly initialDelay: string;
  readonly successCondition?: string;
  readonly failureCondition?: string;
  /** How many measurements are taken; for ever where there is none. */
  readonly count?: number;
  readonly failureLimit: number;
  readonly inconclusiveLimit: number;
  readonly consecutiveErrorLimit: number;
  readonly provider: { readonly prometheus: { readonly address: string; readonly query: string } };
}
