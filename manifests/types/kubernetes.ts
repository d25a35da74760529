import type { Passed } from "../../release/settings";

/** What every Kubernetes object carries; `Spec` holds the fields that we set. */
export interface KubernetesObject<Spec = unknown> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly spec: Spec;
}

export interface Metadata<Name extends Passed<string> = Passed<string>> {
  readonly name: Name;
  readonly namespace: Passed<string>;
  readonly labels?: Labels;
  readonly annotations?: Labels;
}

export type Labels = Readonly<Record<string, string>>;

export interface ServiceSpec {
  readonly selector: Labels;
  readonly ports: readonly { readonly name: string; readonly port: number; readonly targetPort: string | number }[];
}

export interface IngressSpec {
  readonly ingressClassName: string;
  readonly tls?: readonly { readonly hosts: readonly string[]; readonly secretName: string }[];
  readonly rules: readonly {
    readonly host: string;
    readonly http: {
      readonly paths: readonly {
        readonly path: string;
        readonly pathType: "Prefix" | "Exact";
        readonly backend: { readonly service: { readonly name: string; readonly port: { readonly name: string } } };
      }[];
    };
  }[];
}

export interface DeploymentSpec {
  readonly replicas: number;
  readonly revisionHistoryLimit: number;
  readonly progressDeadlineSeconds: number;
  readonly selector: { readonly matchLabels: Labels };
  readonly strategy: {
    readonly type: "RollingUpdate";
    readonly rollingUpdate: { readonly maxSurge: number | string; readonly maxUnavailable: number | string };
  };
  readonly template: PodTemplate;
}

/** What an autoscaler scales: an object with a scale subresource, in the autoscaler's namespace. */
export interface ScaleTarget {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

export interface AutoscalerSpec {
  readonly scaleTargetRef: ScaleTarget;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** In percent of what the pods ask for. */
  readonly metrics: readonly {
    readonly type: "Resource";
    readonly resource: {
      readonly name: "cpu";
      readonly target: { readonly type: "Utilization"; readonly averageUtilization: number };
    };
  }[];
  readonly behavior: { readonly scaleDown: ScaleDown };
}

export type ScaleDown =
  | { readonly selectPolicy: "Disabled" }
  | {
      readonly policies: readonly {
        readonly type: "Percent";
        readonly value: number;
        readonly periodSeconds: number;
      }[];
    };

export interface DisruptionBudgetSpec {
  readonly maxUnavailable: number | string;
  readonly unhealthyPodEvictionPolicy: "AlwaysAllow";
  readonly selector:
    | { readonly matchLabels: Labels }
    | {
        readonly matchExpressions: readonly {
          readonly key: string;
          readonly operator: "In";
          readonly values: readonly string[];
        }[];
      };
}

/** A Role or a RoleBinding, which have no spec. */
export interface AccessObject extends KubernetesObject<undefined> {
  readonly rules?: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly resourceNames: readonly string[];
    readonly verbs: readonly string[];
  }[];
  readonly roleRef?: { readonly apiGroup: string; readonly kind: "Role"; readonly name: string };
  readonly subjects?: readonly { readonly kind: "ServiceAccount"; readonly name: string; readonly namespace: string }[];
}

/** A Job that tests a version and ends; in seconds. */
export interface JobSpec {
  readonly backoffLimit: number;
  readonly activeDeadlineSeconds: number;
  readonly template: {
    readonly spec: Pick<PodTemplate["spec"], "automountServiceAccountToken" | "securityContext"> & {
      readonly restartPolicy: "Never";
      readonly containers: readonly Pick<
        Container,
        "name" | "image" | "command" | "env" | "resources" | "securityContext"
      >[];
    };
  };
}

export interface PodTemplate {
  readonly metadata: { readonly labels: Labels; readonly annotations: Labels };
  readonly spec: {
    /** The pods need nothing of the API server. */
    readonly automountServiceAccountToken: false;
    readonly securityContext: {
      readonly runAsNonRoot: true;
      readonly runAsUser: number;
      readonly seccompProfile: { readonly type: "RuntimeDefault" };
    };
    readonly terminationGracePeriodSeconds: number;
    readonly topologySpreadConstraints?: readonly TopologySpread[];
    readonly containers: readonly Container[];
    readonly volumes: readonly Volume[];
  };
}

/** Spreads the pods that have the labels, and whose labels at the keys are this pod's own. */
export interface TopologySpread {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly whenUnsatisfiable: "ScheduleAnyway";
  readonly labelSelector: { readonly matchLabels: Labels };
  readonly matchLabelKeys: readonly string[];
}

export interface Container {
  readonly name: string;
  readonly image: Passed<string>;
  readonly command?: readonly string[];
  readonly env?: readonly EnvironmentVariable[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number; readonly protocol: "TCP" }[];
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
  /** Kubernetes 1.30 and later knows `sleep`; earlier ones drop it, and a pod ends at once. */
  readonly lifecycle?: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
  readonly resources: { readonly requests: Resources; readonly limits: Resources };
  readonly securityContext: {
    readonly allowPrivilegeEscalation: false;
    readonly readOnlyRootFilesystem: true;
    readonly capabilities: { readonly drop: readonly ["ALL"] };
  };
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: true }[];
}

export type EnvironmentVariable =
  | { readonly name: string; readonly value: Passed<string> }
  | {
      readonly name: string;
      readonly valueFrom: { readonly secretKeyRef: { readonly name: Passed<string>; readonly key: string } };
    };

/** Values that only those who may read Secrets see. */
export interface SecretObject extends KubernetesObject<undefined> {
  readonly immutable: true;
  readonly stringData: Readonly<Record<string, Passed<string>>>;
}

export interface Volume {
  readonly name: string;
  readonly emptyDir?: { readonly sizeLimit: string };
  readonly configMap?: { readonly name: string };
}

export interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
  readonly periodSeconds: number;
  readonly initialDelaySeconds?: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
}

export interface Resources {
  readonly cpu: string;
  readonly memory: string;
}
