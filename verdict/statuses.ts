/**
 * The label that tells the pods of one version from those of another; Argo Rollouts adds it to both Services'
 * selectors.
 */
export const hashLabel = "rollouts-pod-template-hash";

interface Metadata {
  readonly name?: string;
  readonly uid?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string | Date;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly { readonly uid: string }[];
}

/** The fields of a Rollout (argoproj.io/v1alpha1) that say how a release is going. */
export interface Rollout {
  readonly metadata: Metadata;
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

/** The fields of a pod template that tell one version from another; Flagger compares all of it. */
export interface LivePodTemplate {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: { readonly containers?: readonly { readonly image?: string }[] };
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
  readonly metadata: Metadata;
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

export interface Service {
  readonly metadata?: Metadata;
  readonly spec?: { readonly selector?: Readonly<Record<string, string>> };
}

export interface ReplicaSet {
  readonly metadata?: Metadata;
  readonly spec?: { readonly replicas?: number; readonly template?: LivePodTemplate };
  readonly status?: { readonly availableReplicas?: number };
}

/** The fields of a Canary (flagger.app/v1beta1) that say how a release is going. It has no observed generation. */
export interface Canary {
  readonly metadata: Metadata;
  readonly spec: { readonly analysis?: { readonly interval?: string } };
  readonly status?: CanaryStatus;
}

export interface CanaryStatus {
  readonly phase?:
    | ""
    | "Initializing"
    | "Initialized"
    | "Waiting"
    | "Progressing"
    | "WaitingPromotion"
    | "Promoting"
    | "Finalising"
    | "Succeeded"
    | "Failed"
    | "Terminating"
    | "Terminated";
  readonly canaryWeight?: number;
  readonly failedChecks?: number;
  /** When weight, phase or failed checks changed last; while the phase is Failed, when Flagger looked last. */
  readonly lastTransitionTime?: string;
  readonly conditions?: readonly { readonly message: string; readonly lastUpdateTime: string }[];
}

export interface Deployment {
  readonly metadata?: Metadata & {
    readonly managedFields?: readonly { readonly time?: string | Date; readonly fieldsV1?: object }[];
  };
  readonly spec?: { readonly replicas?: number; readonly template?: LivePodTemplate };
  readonly status?: { readonly availableReplicas?: number };
}

/** What Flagger said of a Canary; kept for an hour, and many are never written. */
export interface Event {
  readonly type?: string;
  readonly message?: string;
  readonly lastTimestamp?: string | Date;
}

/** A release that Flagger runs; undefined for what is not there yet. */
export interface CanaryObjects {
  readonly canary: Canary;
  /** The Deployment that names the version to release. */
  readonly target: Deployment | undefined;
  /** Flagger's copy of it, which runs the stable version. */
  readonly primary: Deployment | undefined;
  readonly weightObject: object | undefined;
  readonly events: readonly Event[];
}
