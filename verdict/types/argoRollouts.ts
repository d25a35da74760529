import type { LivePodTemplate, LiveMetadata } from "./kubernetes";

/** The fields of a Rollout (argoproj.io/v1alpha1) that say how a release is going. */
export interface Rollout {
  readonly metadata: LiveMetadata;
  readonly spec: {
    readonly replicas?: number;
    readonly paused?: boolean;
    readonly progressDeadlineAbort?: boolean;
    readonly template?: LivePodTemplate;
    readonly strategy: {
      readonly canary?: {
        readonly steps?: readonly {
          readonly setWeight?: number;
          /** Without a match the mirror ends. */
          readonly setMirrorRoute?: { readonly match?: readonly object[] };
          readonly pause?: { readonly duration?: string | number };
        }[];
      };
    };
  };
  readonly status?: RolloutStatus;
}

export interface RolloutStatus {
  /** A string, unlike every other object's. */
  readonly observedGeneration?: string;
  readonly phase?: "Healthy" | "Degraded" | "Progressing" | "Paused";
  readonly message?: string;
  readonly abort?: boolean;
  readonly controllerPause?: boolean;
  readonly pauseConditions?: readonly { readonly reason: string; readonly startTime: string }[] | null;
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason: string;
    readonly message: string;
  }[];
  readonly currentPodHash?: string;
  readonly stableRS?: string;
  readonly currentStepIndex?: number;
  readonly canary?: { readonly weights?: { readonly canary: { readonly weight: number } } };
}

export type AnalysisPhase = "Pending" | "Running" | "Successful" | "Failed" | "Error" | "Inconclusive";

/** The fields of an AnalysisRun (argoproj.io/v1alpha1) that say what was measured. */
export interface AnalysisRun {
  readonly metadata: LiveMetadata;
  readonly status?: {
    readonly phase: AnalysisPhase | "";
    readonly message?: string;
    readonly metricResults?: readonly MetricResult[];
  };
}

/** What one metric of an AnalysisRun came to; `measurements` holds the last ten, the counts hold all. */
export interface MetricResult {
  readonly name: string;
  readonly phase: AnalysisPhase;
  readonly message?: string;
  readonly measurements?: readonly {
    readonly phase: AnalysisPhase;
    readonly value?: string;
    readonly message?: string;
  }[];
  readonly count?: number;
  readonly failed?: number;
  readonly inconclusive?: number;
  readonly error?: number;
  readonly consecutiveError?: number;
  readonly dryRun?: boolean;
}
