// How long the rules take on objects that are larger than anybody writes: a moment, and not the square of their size.
import assert from "node:assert/strict";
import { findingsOf } from "../../../../policies/gate/judge";
import type { Input } from "../../../../policies/objects/input";
import { ObjectSet } from "../../../../policies/objects/objectSet";
import { rules } from "../../../../policies/rules";

const many = 1000;
const each = <Value>(make: (index: number) => Value, count = many) =>
  Array.from({ length: count }, (_, index) => make(index));
const metadata = (name: string, annotations: object = {}) => ({ name, namespace: "shop", annotations });
const service = (name: string) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: metadata(name),
  spec: { selector: { [name]: "a" } },
});
const rollout = (canary: object) => ({
  apiVersion: "argoproj.io/v1alpha1",
  kind: "Rollout",
  metadata: metadata("web", { "canary/request-rate": "100/s" }),
  spec: { replicas: 100, strategy: { canary } },
});
const weights = (count: number) =>
  each((index) => [{ setWeight: (index / count) * 90 }, { pause: { duration: "2m" } }], count).flat();
const analysis = {
  templates: [{ templateName: "web" }],
  args: [{ name: "hash", valueFrom: { podTemplateHashValue: "Latest" } }],
};
const share = 'sum(rate(a{code=~"5..",hash="{{args.hash}}"}[2m])) / sum(rate(a{hash="{{args.hash}}"}[2m]))';
const metric = (index: number, change: object = {}) => ({
  name: `m${index}`,
  interval: "1m",
  failureLimit: 1,
  successCondition: "result[0] < 0.05",
  provider: { prometheus: { query: share } },
  ...change,
});
const template = (metrics: readonly object[]) => ({
  apiVersion: "argoproj.io/v1alpha1",
  kind: "AnalysisTemplate",
  metadata: metadata("web"),
  spec: { args: [{ name: "hash" }], metrics },
});
const query = (text: string) => metric(0, { provider: { prometheus: { query: text } } });
const path = (name: string, index: number) => ({
  path: `/${index}`,
  pathType: "Prefix",
  backend: { service: { name, port: { number: 80 } } },
});
const ingress = (name: string, paths: readonly object[], isCanary: boolean) => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: metadata(
    name,
    isCanary ? { "nginx.ingress.kubernetes.io/canary": "true", "nginx.ingress.kubernetes.io/canary-weight": "5" } : {},
  ),
  spec: { rules: [{ host: "shop.example.com", http: { paths } }] },
});

describe("the rules take a moment for", () => {
  const table: readonly (readonly [string, () => readonly object[]])[] = [
    [
      "a route with a thousand backends",
      () => [
        {
          apiVersion: "gateway.networking.k8s.io/v1",
          kind: "HTTPRoute",
          metadata: metadata("web"),
          spec: { rules: [{ backendRefs: each((index) => ({ name: `s${index}`, weight: 1 })) }] },
        },
        ...each((index) => service(`s${index}`)),
      ],
    ],
    [
      "a thousand steps",
      () => [rollout({ steps: weights(many), trafficRouting: { plugins: {} }, analysis }), template([metric(0)])],
    ],
    [
      "a hundred metrics and as many patterns of a dry run",
      () => [
        rollout({
          steps: weights(3),
          analysis: { ...analysis, dryRun: each((index) => ({ metricName: `(a+)+${index}$` }), 100) },
        }),
        template(each((index) => metric(index, { name: `${"a".repeat(100)}${index}!` }), 100)),
      ],
    ],
    [
      "a thousand paths of an Ingress",
      () => [
        ingress(
          "main",
          each((index) => path("a", index)),
          false,
        ),
        ingress(
          "canary",
          each((index) => path("b", index)),
          true,
        ),
      ],
    ],
    [
      "a thousand times the same path",
      () => [
        ingress(
          "main",
          each(() => path("a", 0)),
          false,
        ),
        ingress(
          "canary",
          each(() => path("b", 0)),
          true,
        ),
      ],
    ],
    [
      "a thousand Ingresses for the same host",
      () => [
        ...each((index) => ingress(`m${index}`, [path("a", index)], false)),
        ...each((index) => ingress(`c${index}`, [path("b", index)], true)),
      ],
    ],
    [
      "a Rollout that names one Ingress a thousand times",
      () => [
        ingress(
          "main",
          each((index) => path("a", index)),
          false,
        ),
        rollout({
          stableService: "a",
          canaryService: "b",
          steps: weights(3),
          trafficRouting: { nginx: { stableIngresses: each(() => "main") } },
        }),
      ],
    ],
    [
      "a thousand workloads with a budget each",
      () => [
        ...each((index) => ({
          apiVersion: "apps/v1",
          kind: "Deployment",
          metadata: metadata(`d${index}`),
          spec: { replicas: 2, template: { metadata: { labels: { app: `d${index}` } } } },
        })),
        ...each((index) => ({
          apiVersion: "policy/v1",
          kind: "PodDisruptionBudget",
          metadata: metadata(`d${index}`),
          spec: { minAvailable: 1, selector: { matchLabels: { app: `d${index}` } } },
        })),
      ],
    ],
    [
      "predicates in predicates",
      () => [template([metric(0, { successCondition: `${"all(result, ".repeat(40)}# < 1${")".repeat(40)}` })])],
    ],
    [
      "a condition of many numbers and an argument",
      () => [
        template(
          each(
            (index) =>
              metric(index, {
                successCondition: `${each((number) => `result[0] != ${number}.${index}`, 60).join(" && ")} && result[0] < {{args.a}}`,
              }),
            20,
          ),
        ),
      ],
    ],
    [
      "a pattern in a query that would take long",
      () => [
        rollout({ steps: weights(3), trafficRouting: { plugins: {} }, analysis }),
        template([query(share.replace("5..", "((2*)*)*((0*)*)*((0*)*)*!"))]),
      ],
    ],
    ["quotes that stay open", () => [template([query(`"${'\\"'.repeat(100_000)}{{args.hash}}`)])]],
  ];
  for (const [title, objects] of table)
    it(title, function () {
      this.timeout(30_000);
      const all = new ObjectSet(objects().map((object) => ({ object }) as Input));
      const begin = performance.now();
      for (const rule of rules) for (const input of all.ofKinds(rule.kinds)) findingsOf(rule, input, all);
      assert.ok(performance.now() - begin < 4000, `${Math.round(performance.now() - begin)} ms`);
    });
});
