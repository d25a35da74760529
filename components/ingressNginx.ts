import * as pulumi from "@pulumi/pulumi";
import * as nginx from "@pulumi/kubernetes-ingress-nginx";

/** The last chart of the project. */
const chartVersion = "4.15.1";

export interface IngressNginxArgs {
  /** Namespace that it is installed into, and that is made where it is missing. Default: "ingress-nginx". */
  readonly namespace?: pulumi.Input<string>;
  /** Pods of the controller, of which one at a time may be missing. Default: 2. */
  readonly replicas?: number;
  /** IngressClass that it answers for. Default: "nginx". */
  readonly ingressClass?: string;
  /**
   * Whether a ServiceMonitor asks the Prometheus Operator to scrape it. Default: false; its metrics are served either
   * way.
   */
  readonly serviceMonitor?: boolean;
}

/**
 * The controller ingress-nginx, from its Helm chart: best in a stack of its own, which the releases of a cluster share.
 * The project was retired in March 2026 and gets no more fixes; Traefik 3.7 and later reads the same annotations, its
 * canary ones included.
 */
export class IngressNginx extends pulumi.ComponentResource {
  /** What Helm says of the installed chart. */
  readonly status: nginx.IngressController["status"];

  constructor(name: string, args: IngressNginxArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super("canary:index:IngressNginx", name, {}, opts);
    const { namespace = "ingress-nginx" } = args;
    const installed = new nginx.IngressController(
      `${name}-controller`,
      {
        controller: controller(args),
        helmOptions: { name: "ingress-nginx", version: chartVersion, namespace, createNamespace: true },
      },
      { parent: this },
    );
    this.status = installed.status;
    this.registerOutputs({ status: this.status });
  }
}

function controller({
  replicas = 2,
  ingressClass = "nginx",
  serviceMonitor = false,
}: IngressNginxArgs): nginx.types.input.ControllerArgs {
  const labels = { "app.kubernetes.io/name": "ingress-nginx", "app.kubernetes.io/component": "controller" };
  return {
    replicaCount: replicas,
    // The chart makes a disruption budget of it, where there are two or more.
    minAvailable: Math.max(1, replicas - 1),
    updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0 } },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "kubernetes.io/hostname",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: labels },
      },
    ],
    // A limit of its CPU would slow down every request of the cluster.
    resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "1Gi" } },
    ingressClassResource: {
      name: ingressClass,
      enabled: true,
      default: false,
      controllerValue: controllerOf(ingressClass),
    },
    // A snippet is configuration of the whole controller, which whoever may write an Ingress could set.
    allowSnippetAnnotations: false,
    admissionWebhooks: { enabled: true },
    // Without honorLabels the namespace of an Ingress would become that of the controller.
    metrics: { enabled: true, serviceMonitor: { enabled: serviceMonitor, honorLabels: true } },
  };
}

/** Two controllers of one name would both answer for each other's classes. */
function controllerOf(ingressClass: string): string {
  return ingressClass === "nginx" ? "k8s.io/ingress-nginx" : `k8s.io/ingress-nginx-${ingressClass}`;
}
