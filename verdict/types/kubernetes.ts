// The fields that are read of Kubernetes' own kinds.

export interface LiveMetadata {
  readonly name?: string;
  readonly uid?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string | Date;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly { readonly uid: string }[];
}

/** What tells one version from another; Flagger compares all of it. */
export interface LivePodTemplate {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: { readonly containers?: readonly { readonly image?: string }[] };
}

export interface Service {
  readonly metadata?: LiveMetadata;
  readonly spec?: { readonly selector?: Readonly<Record<string, string>> };
}

export interface ReplicaSet {
  readonly metadata?: LiveMetadata;
  readonly spec?: { readonly replicas?: number; readonly template?: LivePodTemplate };
  readonly status?: { readonly availableReplicas?: number };
}

export interface Deployment {
  readonly metadata?: LiveMetadata & {
    readonly managedFields?: readonly { readonly time?: string | Date; readonly fieldsV1?: object }[];
  };
  readonly spec?: { readonly replicas?: number; readonly template?: LivePodTemplate };
  readonly status?: { readonly availableReplicas?: number };
}

/** What a controller said of an object; kept for an hour. */
export interface Event {
  readonly type?: string;
  readonly message?: string;
  readonly lastTimestamp?: string | Date;
}
