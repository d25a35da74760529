import type { Input } from "../../../policies/objects/input";
import { ObjectSet } from "../../../policies/objects/objectSet";
import { findingsOf, type Limits } from "../../../policies/gate/judge";
import type { Finding, Rule } from "../../../policies/gate/rule";
import { rules } from "../../../policies/rules";

type Part = Readonly<Record<string, unknown>>;

/** What one rule of the gate finds in some objects, with its default limits. */
export function findings(rule: string, inputs: readonly Input[]): readonly Finding[] {
  const found = rules.find(({ name }) => name === rule);
  if (!found) throw new Error(`There is no rule ${rule}.`);
  return allFindings(found, new ObjectSet(inputs));
}

/** What one rule finds in all objects. */
export function allFindings(rule: Rule, objects: ObjectSet, limits: Limits = {}): readonly Finding[] {
  return objects.ofKinds(rule.kinds).flatMap((input) => findingsOf(rule, input, objects, limits));
}

/** An object as a Pulumi program declares it, ignoring changes of these fields. */
export function input(object: Part, ignoredFields: readonly string[] = []): Input {
  return { object, ignoredFields };
}

const container = {
  name: "web",
  image: "registry.example.com/web:1.4.0",
  readinessProbe: { httpGet: {} },
  livenessProbe: { httpGet: {} },
  resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } },
};

/** Pods of one container that differs from a safe one in what is given. */
export const podTemplate = (change: Part = {}, spec: Part = {}, labels: Part = { app: "web" }) => ({
  metadata: { labels },
  spec: { containers: [{ ...container, ...change }], ...spec },
});

/** The least canary Rollout that every rule accepts, with parts of its canary strategy replaced. */
export function rollout(
  change: Part = {},
  spec: Part = {},
  annotations: Part = { "notifications.argoproj.io/subscribe.on-rollout-aborted.slack": "shop" },
): Input {
  const canary = {
    stableService: "web",
    canaryService: "web-canary",
    steps: steps(5, 25, 50),
    analysis: { templates: [{ templateName: "web" }] },
    ...change,
  };
  return input({
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Rollout",
    metadata: { name: "web", annotations },
    spec: { replicas: 2, progressDeadlineAbort: true, template: podTemplate(), strategy: { canary }, ...spec },
  });
}

export const steps = (...weights: unknown[]) =>
  weights.flatMap((setWeight) => [{ setWeight }, { pause: { duration: "10m" } }]);

export function service(name: string, ignoredFields: readonly string[] = ["spec.selector"]): Input {
  return input(
    { apiVersion: "v1", kind: "Service", metadata: { name }, spec: { selector: { app: "web" } } },
    ignoredFields,
  );
}

export const safeMetric = {
  name: "error-rate",
  interval: "30s",
  successCondition: "result[0] < 0.05",
  provider: {
    prometheus: {
      query: 'sum(rate(failures{service="web-canary"}[2m])) / sum(rate(requests{service="web-canary"}[2m]))',
    },
  },
};

/** An AnalysisTemplate whose one metric differs from the safe one in what is given. */
export function template(metric: Part = {}, spec: Part = {}, metadata: Part = {}): Input {
  return input({
    apiVersion: "argoproj.io/v1alpha1",
    kind: "AnalysisTemplate",
    metadata: { name: "web", ...metadata },
    spec: { metrics: [{ ...safeMetric, ...metric }], ...spec },
  });
}

export const withQuery = (query: string) => ({ provider: { prometheus: { query } } });

/** A disruption budget of the pods that are called web. */
export function budget(change: Part = { maxUnavailable: 1 }, selector: Part = { matchLabels: { app: "web" } }): Input {
  return input({
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: "web" },
    spec: { selector, ...change },
  });
}

/** A plain Deployment that differs from a safe one in what is given of its spec. */
export function deployment(spec: Part = {}, name = "web"): Input {
  return input(
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name },
      spec: { replicas: 2, selector: { matchLabels: { app: name } }, template: podTemplate(), ...spec },
    },
    ["spec.replicas"],
  );
}

/** The least Canary of Flagger that every rule accepts, with parts of its analysis replaced. */
export function canary(change: Part = {}, spec: Part = {}): Input {
  const analysis = {
    interval: "1m",
    threshold: 3,
    stepWeights: [5, 25, 50],
    metrics: [{ name: "request-success-rate", interval: "1m", thresholdRange: { min: 99 } }],
    alerts: [{ name: "chat", providerRef: { name: "chat" } }],
    ...change,
  };
  const targetRef = { apiVersion: "apps/v1", kind: "Deployment", name: "web" };
  return input({
    apiVersion: "flagger.app/v1beta1",
    kind: "Canary",
    metadata: { name: "web" },
    spec: { provider: "istio", targetRef, service: { port: 80 }, analysis, ...spec },
  });
}

export function metricTemplate(query: unknown, spec: Part = {}, metadata: Part = {}): Input {
  return input({
    apiVersion: "flagger.app/v1beta1",
    kind: "MetricTemplate",
    metadata: { name: "errors", ...metadata },
    spec: { provider: { type: "prometheus", address: "http://prometheus:9090" }, query, ...spec },
  });
}

/** A Canary whose one metric is that of the template `errors`. */
export function canaryWithTemplate(query: unknown, metric: Part = {}, spec: Part = {}): Input[] {
  return [
    canary(
      { metrics: [{ name: "errors", thresholdRange: { max: 0.05 }, templateRef: { name: "errors" }, ...metric }] },
      spec,
    ),
    metricTemplate(query),
  ];
}

/** An object of some kind, called web unless another name is given. */
export function object(
  apiVersion: string,
  kind: string,
  spec: unknown,
  metadata: Part = {},
  ignoredFields: readonly string[] = [],
): Input {
  return input({ apiVersion, kind, metadata: { name: "web", ...metadata }, spec }, ignoredFields);
}

/** The annotations of a Rollout that tells of an abort, and of how many requests. */
export const annotated = (requestRate: unknown = "100/s") => ({
  "notifications.argoproj.io/subscribe.on-rollout-aborted.slack": "shop",
  "canary/request-rate": requestRate,
});

/** Everything that a safe release is made of. */
export const safeRelease = (): Input[] => [
  service("web"),
  service("web-canary"),
  template(),
  rollout({}, { replicas: 20 }, annotated()),
  budget(),
];
