import type { Input } from "../../../policies/field";
import { judgeAll } from "../../../policies/judge";
import { Objects } from "../../../policies/objects";
import type { Finding } from "../../../policies/rule";
import { rules } from "../../../policies/rules";

type Part = Readonly<Record<string, unknown>>;

/** What one rule of the gate finds in some objects, with its default limits. */
export function findings(rule: string, inputs: readonly Input[]): readonly Finding[] {
  const found = rules.find(({ name }) => name === rule);
  if (!found) throw new Error(`There is no rule ${rule}.`);
  return judgeAll(found, new Objects(inputs));
}

/** An object as a Pulumi program declares it, ignoring changes of these fields. */
export function input(object: Part, ignoredFields: readonly string[] = []): Input {
  return { object, ignoredFields };
}

const container = { name: "web", readinessProbe: { httpGet: {} }, livenessProbe: { httpGet: {} } };
export const podTemplate = (change: Part = {}) => ({ spec: { containers: [{ ...container, ...change }] } });

/** The least canary Rollout that every rule accepts, with parts of its canary strategy replaced. */
export function rollout(change: Part = {}, spec: Part = {}): Input {
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
    metadata: { name: "web" },
    spec: { template: podTemplate(), strategy: { canary }, ...spec },
  });
}

export const steps = (...weights: unknown[]) => weights.flatMap((setWeight) => [{ setWeight }, { pause: { duration: "10m" } }]);

export function service(name: string, ignoredFields: readonly string[] = ["spec.selector"]): Input {
  return input({ apiVersion: "v1", kind: "Service", metadata: { name }, spec: { selector: { app: "web" } } }, ignoredFields);
}

export const safeMetric = {
  name: "error-rate",
  interval: "30s",
  successCondition: "result[0] < 0.05",
  provider: { prometheus: { query: 'sum(rate(failures{app="web"}[2m])) / sum(rate(requests{app="web"}[2m]))' } },
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

/** Everything that a safe release is made of. */
export const safeRelease = (): Input[] => [service("web"), service("web-canary"), template(), rollout()];
