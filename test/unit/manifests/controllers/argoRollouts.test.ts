import assert from "node:assert/strict";
import { conditions } from "../../../../manifests/controllers/argoRollouts";
import type { Role } from "../../../../manifests/description";
import type { AnalysisTemplateSpec, RolloutSpec } from "../../../../manifests/types/argoRollouts";
import type { IngressSpec, KubernetesObject, ServiceSpec } from "../../../../manifests/types/kubernetes";
import type { Metric } from "../../../../release/metrics/metrics";
import type { ReleaseArgs } from "../../../../release/settings";
import { releaseWith, settingsWith } from "../../../support/releases";

function object<Spec>(role: Role, change: Partial<ReleaseArgs> = {}): KubernetesObject<Spec> {
  const found = releaseWith(change).objects.find((described) => described.role === role);
  assert.ok(found, role);
  return found.object as KubernetesObject<Spec>;
}
const rollout = (change: Partial<ReleaseArgs> = {}) => object<RolloutSpec>("rollout", change).spec;
const analysis = (change: Partial<ReleaseArgs> = {}) => object<AnalysisTemplateSpec>("analysis", change).spec;

describe("a release with router nginx and controller argo-rollouts", () => {
  it("is a disruption budget, two Services, an Ingress, an AnalysisTemplate and, last, the Rollout", () => {
    const names = releaseWith().objects.map(({ object: { kind, metadata } }) => `${kind}/${metadata.name}`);
    assert.deepEqual(names, [
      "PodDisruptionBudget/shop",
      "Service/shop",
      "Service/shop-canary",
      "Ingress/shop",
      "AnalysisTemplate/shop",
      "Rollout/shop",
    ]);
  });

  it("leaves the selectors of both Services to the controller, and nothing else", () => {
    const owned = releaseWith().owned.map(({ role, field, by }) => `${role} ${field} ${by}`);
    assert.deepEqual(owned, [
      "stable-service spec.selector argo-rollouts",
      "canary-service spec.selector argo-rollouts",
    ]);
  });

  it("sets each weight and holds it for its time, or until a person promotes", () => {
    const steps = [
      { weight: 5, hold: "10m" },
      { weight: 50, hold: "until promoted" },
      { weight: 100, hold: "0s" },
    ];
    assert.deepEqual(rollout({ steps }).strategy.canary.steps, [
      { setWeight: 5 },
      { pause: { duration: "10m" } },
      { setWeight: 50 },
      { pause: {} },
      { setWeight: 100 },
    ]);
  });

  for (const [interval, initialDelay] of [
    ["30s", "70s"],
    ["1s", "14s"],
    ["1m", "10s"],
  ] as const) {
    it(`lets the missing requests of a later hold fail before another metric holds: every ${interval} from ${initialDelay} on`, () => {
      const { judgement } = settingsWith({ judgement: { interval, initialDelay } });
      const limit = (name: string) =>
        analysis({ judgement: { interval, initialDelay } }).metrics.find((metric) => metric.name === name)
          ?.inconclusiveLimit ?? NaN;
      const untilFailed = judgement.initialDelay + judgement.failuresTolerated * judgement.interval;
      const untilHeld = (limit("error-rate") - limit("request-rate-first")) * judgement.interval;
      assert.ok(untilHeld > untilFailed, `held after ${untilHeld} s, failed after ${untilFailed} s`);
    });
  }

  it("judges from the first weight on, by the hash of the canary's pods", () => {
    assert.deepEqual(rollout().strategy.canary.analysis, {
      startingStep: 1,
      templates: [{ templateName: "shop" }],
      args: [
        { name: "namespace", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
        { name: "canary-hash", valueFrom: { podTemplateHashValue: "Latest" } },
        { name: "stable-hash", valueFrom: { podTemplateHashValue: "Stable" } },
      ],
    });
    for (const { query } of analysis().metrics.map(({ provider }) => provider.prometheus)) {
      const selectors = query.match(/\{namespace[^}]*\}\}[^}]*\}\}[^}]*\}/g) ?? [];
      const isolated = selectors.filter((selector) =>
        selector.includes('rollouts_pod_template_hash="{{args.canary-hash}}"'),
      );
      assert.ok(selectors.length > 0 && selectors.length === isolated.length, query);
    }
  });

  it("supplies every argument that the template declares", () => {
    const declared = analysis().args.map(({ name }) => name);
    assert.deepEqual(
      rollout().strategy.canary.analysis.args.map(({ name }) => name),
      declared,
    );
  });

  it("aborts a canary whose pods do not become ready in time", () => {
    const { progressDeadlineSeconds, progressDeadlineAbort } = rollout({ progressDeadline: "5m" });
    assert.deepEqual(
      { progressDeadlineSeconds, progressDeadlineAbort },
      { progressDeadlineSeconds: 300, progressDeadlineAbort: true },
    );
  });

  it("tolerates as many failed measurements as configured: the controller's limit is exceeded by the next one", () => {
    assert.deepEqual(
      analysis({ judgement: { failuresTolerated: 3, noData: "fail" } }).metrics.map(({ failureLimit }) => failureLimit),
      [3, 3, 3],
    );
  });

  it("routes the host to the stable Service, with TLS where there is a Secret", () => {
    const ingress = object<IngressSpec>("ingress", { tlsSecret: "shop-tls", path: "/cart" }).spec;
    assert.deepEqual(ingress.rules[0]?.http.paths[0], {
      path: "/cart",
      pathType: "Prefix",
      backend: { service: { name: "shop", port: { name: "http" } } },
    });
    assert.deepEqual(ingress.tls, [{ hosts: ["shop.example.com"], secretName: "shop-tls" }]);
    assert.equal(object<IngressSpec>("ingress").spec.tls, undefined);
    assert.equal(rollout().strategy.canary.trafficRouting?.nginx?.stableIngress, object("ingress").metadata.name);
  });

  it("selects the pods by a label that every version carries", () => {
    const { template, selector } = rollout();
    for (const role of ["stable-service", "canary-service"] as const) {
      const service = object<ServiceSpec>(role).spec;
      assert.deepEqual(service.selector, selector.matchLabels);
      assert.deepEqual(template.metadata.labels, selector.matchLabels);
    }
  });

  it("mounts ConfigMaps read-only and runs without privileges", () => {
    const { spec } = rollout({ mounts: { "/etc/shop": "shop-settings" }, runAsUser: 1000 }).template;
    const [container] = spec.containers;
    assert.deepEqual(spec.volumes, [
      { name: "tmp", emptyDir: { sizeLimit: "1Gi" } },
      { name: "mount-1", configMap: { name: "shop-settings" } },
    ]);
    assert.deepEqual(container?.volumeMounts.at(-1), { name: "mount-1", mountPath: "/etc/shop", readOnly: true });
    assert.equal(spec.automountServiceAccountToken, false);
    assert.deepEqual(spec.securityContext, {
      runAsNonRoot: true,
      runAsUser: 1000,
      seccompProfile: { type: "RuntimeDefault" },
    });
    assert.deepEqual(container?.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  });
});

describe("conditions of an analysis metric", () => {
  const metric = { passes: { is: "<", threshold: 0.05 }, measuresData: false } as Metric;
  const rate = { passes: { is: ">=", threshold: 0.1 }, measuresData: true } as Metric;
  const outcomes: [string, Metric, Parameters<typeof conditions>[1]["noData"], number[], string][] = [
    ["a value below the threshold", metric, "fail", [0.01], "Successful"],
    ["a value at the threshold", metric, "fail", [0.05], "Failed"],
    ["an empty vector", metric, "fail", [], "Failed"],
    ["NaN", metric, "fail", [NaN], "Failed"],
    ["too few requests", rate, "fail", [0.01], "Failed"],
    ["a value below the threshold", metric, "hold", [0.01], "Successful"],
    ["a value at the threshold", metric, "hold", [0.05], "Failed"],
    ["an empty vector", metric, "hold", [], "Inconclusive"],
    ["NaN", metric, "hold", [NaN], "Inconclusive"],
    ["too few requests", rate, "hold", [0.01], "Inconclusive"],
    ["enough requests", rate, "hold", [0.1], "Successful"],
    ["a value at the threshold", metric, { pass: "an internal tool" }, [0.05], "Failed"],
    ["an empty vector", metric, { pass: "an internal tool" }, [], "Successful"],
    ["NaN", metric, { pass: "an internal tool" }, [NaN], "Successful"],
  ];
  for (const [what, judged, noData, result, expected] of outcomes) {
    it(`judge ${what} as ${expected} where no data means ${typeof noData === "string" ? noData : "pass"}`, () => {
      assert.equal(outcome(conditions(judged, { noData }), result), expected);
    });
  }
});

/** How Argo Rollouts reads a measurement: with one condition alone, not meeting it is the other outcome. */
function outcome({ successCondition, failureCondition }: ReturnType<typeof conditions>, result: number[]): string {
  // The conditions use the part of the controller's expression language that JavaScript shares.
  const holds = (condition: string) =>
    new Function("result", "len", "isNaN", `return ${condition}`)(
      result,
      (list: number[]) => list.length,
      Number.isNaN,
    ) as boolean;
  if (failureCondition !== undefined && holds(failureCondition)) return "Failed";
  if (successCondition === undefined) return "Successful";
  if (holds(successCondition)) return "Successful";
  return failureCondition === undefined ? "Failed" : "Inconclusive";
}
