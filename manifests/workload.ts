import { attemptAnnotation } from "./annotations";
import type { ReleaseSettings } from "../release/settings";
import { environmentOf } from "./environment";
import { metadata, selectorLabels, trackLabels, type Track } from "./metadata";
import type { Described } from "./description";
import type {
  DeploymentSpec,
  Labels,
  PodTemplate,
  Probe,
  ServiceSpec,
  KubernetesObject,
  DisruptionBudgetSpec,
  TopologySpread,
} from "./types/kubernetes";

/**
 * The pods of a version: probes, limits, and as few privileges as a web application needs. `templateHash` is the label
 * that whatever makes the pods adds, to tell those of two templates apart. Nothing empty and no zero is set, and
 * defaults are spelled out: controllers write the pods back so, and a refresh would show it.
 */
export function podTemplate(settings: ReleaseSettings, templateHash: string, track?: Track): PodTemplate {
  const { application, image, attempt, port, command, mounts, resources, metricsPath, runAsUser, spread, shutdown } =
    settings;
  const environment = environmentOf(settings);
  const configMaps = Object.entries(mounts).map(([mountPath, name], index) => ({
    volume: `mount-${index + 1}`,
    mountPath,
    name,
  }));
  return {
    metadata: {
      labels: { ...selectorLabels(settings), ...trackLabels(track) },
      annotations: {
        "prometheus.io/scrape": "true",
        "prometheus.io/port": `${port}`,
        "prometheus.io/path": metricsPath,
        ...(attempt > 1 && { [attemptAnnotation]: `${attempt}` }),
      },
    },
    spec: {
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser, seccompProfile: { type: "RuntimeDefault" } },
      terminationGracePeriodSeconds: shutdown.grace,
      ...(spread.length > 0 && {
        topologySpreadConstraints: spread.map((key) => evenlyOver(key, settings, templateHash)),
      }),
      containers: [
        {
          name: application,
          image,
          ...(command.length > 0 && { command }),
          ...(environment.length > 0 && { env: environment }),
          ports: [{ name: "http", containerPort: port, protocol: "TCP" }],
          readinessProbe: probe(settings.readiness),
          livenessProbe: probe(settings.liveness),
          ...(shutdown.drain > 0 && { lifecycle: { preStop: { sleep: { seconds: Math.ceil(shutdown.drain) } } } }),
          resources,
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
          volumeMounts: [
            { name: "tmp", mountPath: "/tmp" },
            ...configMaps.map(({ volume, mountPath }) => ({ name: volume, mountPath, readOnly: true as const })),
          ],
        },
      ],
      volumes: [
        { name: "tmp", emptyDir: { sizeLimit: mostTemporary } },
        ...configMaps.map(({ volume, name }) => ({ name: volume, configMap: { name } })),
      ],
    },
  };
}

/** What a pod may write into its temporary folder, which is a part of its node's disk; with more it is evicted. */
const mostTemporary = "1Gi";

/** Each version by itself: spread together, the canary's few pods could all be where the stable version has none. */
function evenlyOver(topologyKey: string, settings: ReleaseSettings, templateHash: string): TopologySpread {
  return {
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: selectorLabels(settings) },
    matchLabelKeys: [templateHash],
  };
}

function probe({ path, initialDelaySeconds, ...timing }: ReleaseSettings["readiness"]): Probe {
  return { httpGet: { path, port: "http" }, ...timing, ...(initialDelaySeconds > 0 && { initialDelaySeconds }) };
}

/** Names of the two Services of a release; where one Service leads to both versions, it has the first. */
export function serviceNames({ application }: Pick<ReleaseSettings, "application">): {
  readonly stable: string;
  readonly canary: string;
} {
  return { stable: application, canary: `${application}-canary` };
}

/**
 * The Services of the stable and of the canary version: they select by track, or a controller narrows them to one
 * version each.
 */
export function stableAndCanary(settings: ReleaseSettings, select: "by track" | "by controller"): readonly Described[] {
  const { stable, canary } = serviceNames(settings);
  const labels = (track: Track) => trackLabels(select === "by track" ? track : undefined);
  return [
    { role: "stable-service", object: service(settings, stable, labels("stable")) },
    { role: "canary-service", object: service(settings, canary, labels("canary")) },
  ];
}

/** One Service over the pods of both versions. */
export function serviceOverBoth(settings: ReleaseSettings): Described {
  return { role: "service", object: service(settings, serviceNames(settings).stable) };
}

/** Pulumi would wait for endpoints, which there are none of before the first deploy is done. */
function service(settings: ReleaseSettings, name: string, labels: Labels = {}): KubernetesObject<ServiceSpec> {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadata(settings, name, { "pulumi.com/skipAwait": "true" }),
    spec: {
      selector: { ...selectorLabels(settings), ...labels },
      ports: [{ name: "http", port: 80, targetPort: "http" }],
    },
  };
}

/** The pods of one version. */
export function deployment(
  settings: ReleaseSettings,
  track: Track | undefined,
  replicas: number,
): KubernetesObject<DeploymentSpec> {
  const labels = { ...selectorLabels(settings), ...trackLabels(track) };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    // Whoever scales it by hand would own its count against our next edit.
    metadata: metadata(settings, serviceNames(settings)[track ?? "stable"], { "pulumi.com/patchForce": "true" }),
    spec: {
      replicas,
      revisionHistoryLimit: 3,
      progressDeadlineSeconds: settings.progressDeadline,
      selector: { matchLabels: labels },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: 0 } },
      template: podTemplate(settings, "pod-template-hash", track),
    },
  };
}

/** Lets one ready pod at a time be drained, whichever version it runs, and any that is not ready. */
export function disruptionBudget(
  settings: ReleaseSettings,
  annotations?: Labels,
  selector: DisruptionBudgetSpec["selector"] = { matchLabels: selectorLabels(settings) },
): Described {
  const object: KubernetesObject<DisruptionBudgetSpec> = {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: metadata(settings, settings.application, annotations),
    spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow", selector },
  };
  return { role: "disruption-budget", object };
}
