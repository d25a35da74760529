import assert from "node:assert/strict";
import type { Role } from "../../../manifests/description";
import { planReport } from "../../../manifests/planReport";
import type { AnalysisTemplateSpec, RolloutSpec, TestMetric } from "../../../manifests/types/argoRollouts";
import type { CanarySpec } from "../../../manifests/types/flagger";
import type { JobSpec } from "../../../manifests/types/kubernetes";
import type { ReleaseArgs } from "../../../release/settings";
import { releaseWith } from "../../support/releases";

const webhook = { smokeTest: { webhook: "http://tests.example.com/shop" } };
const job = { smokeTest: { image: "registry.example.com/shop-tests:1.4.0", command: ["run", "all"], timeout: "2m" } };

const objects = (change: Partial<ReleaseArgs>) => releaseWith(change).objects;
function spec<Spec>(role: Role, change: Partial<ReleaseArgs>): Spec {
  const found = objects(change).find((described) => described.role === role);
  assert.ok(found, role);
  return found.object.spec as Spec;
}
const steps = (change: Partial<ReleaseArgs>) => spec<RolloutSpec>("rollout", change).strategy.canary.steps;
const test = (change: Partial<ReleaseArgs>) => spec<AnalysisTemplateSpec<TestMetric>>("smoke-test", change).metrics[0];
const env = ({ template }: JobSpec) =>
  Object.fromEntries(
    template.spec.containers[0]?.env?.map((variable) => [variable.name, "value" in variable && variable.value]) ?? [],
  );

describe("a smoke test under Argo Rollouts", () => {
  it("has the first step's pods without requests, and comes before the first weight", () => {
    assert.deepEqual(steps(webhook).slice(0, 5), [
      { setCanaryScale: { weight: 5 } },
      {
        analysis: {
          templates: [{ templateName: "shop-smoke-test" }],
          args: [{ name: "namespace", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } }],
        },
      },
      { setWeight: 5 },
      { setCanaryScale: { matchTrafficWeight: true } },
      { pause: { duration: "10m" } },
    ]);
  });

  it("leaves the analysis in the background to begin with the first weight", () => {
    const { analysis } = spec<RolloutSpec>("rollout", webhook).strategy.canary;
    assert.equal(analysis.startingStep, 3);
  });

  it("comes before a mirror too, with its pods", () => {
    const mirrored = {
      ...webhook,
      router: "istio" as const,
      steps: [
        { mirror: 20, hold: "10m" },
        { weight: 30, hold: "10m" },
      ],
    };
    assert.deepEqual(steps(mirrored)[0], { setCanaryScale: { weight: 20 } });
  });

  it("asks the webhook with the canary's URL, and takes its answer alone for the result", () => {
    assert.deepEqual(test(webhook), {
      name: "smoke-test",
      consecutiveErrorLimit: 2,
      provider: {
        web: {
          method: "POST",
          url: "http://tests.example.com/shop",
          timeoutSeconds: 300,
          headers: [{ key: "Content-Type", value: "application/json" }],
          jsonBody: {
            name: "shop",
            namespace: "{{args.namespace}}",
            metadata: { url: "http://shop-canary.{{args.namespace}}" },
          },
        },
      },
    });
  });

  it("runs the Job against the canary, once and for its time", () => {
    const { provider } = test(job) ?? {};
    assert.ok(provider && "job" in provider);
    const { backoffLimit, activeDeadlineSeconds, template } = provider.job.spec;
    assert.deepEqual([backoffLimit, activeDeadlineSeconds], [0, 120]);
    const [container] = template.spec.containers;
    assert.deepEqual([container?.image, container?.command], ["registry.example.com/shop-tests:1.4.0", ["run", "all"]]);
    assert.equal(env(provider.job.spec)["URL"], "http://shop-canary");
  });

  it("gives Istio, whose requests go by subset, a Service of the canary's own, which the controller narrows", () => {
    const { objects, owned } = releaseWith({ ...webhook, router: "istio" });
    assert.ok(objects.some(({ role }) => role === "canary-service"));
    assert.ok(owned.some(({ role, field }) => role === "canary-service" && field === "spec.selector"));
    assert.equal(
      spec<RolloutSpec>("rollout", { ...webhook, router: "istio" }).strategy.canary.canaryService,
      "shop-canary",
    );
    assert.equal(spec<RolloutSpec>("rollout", { router: "istio" }).strategy.canary.canaryService, undefined);
  });
});

describe("a smoke test under Pulumi", () => {
  const at = (step: number) =>
    ({ controller: "pulumi", step, stableImage: "registry.example.com/shop:1.3.0" }) as const;

  for (const router of ["nginx", "traefik", "istio", "gateway-api"] as const) {
    it(`is a Job between the canary's pods and its share, by router ${router}`, () => {
      const release = { ...job, ...at(1), router };
      const { objects, moves } = releaseWith(release);
      const roles = objects.map(({ role }) => role);
      const tested = roles.indexOf("smoke-test");
      assert.ok(
        moves && moves.weights.length > 0 && moves.weights.every((role) => roles.indexOf(role) > tested),
        roles.join(" "),
      );
      assert.ok(roles.indexOf("canary-deployment") < tested);
    });
  }

  it("tests each image anew, and only while there is a canary", () => {
    assert.equal(env(spec<JobSpec>("smoke-test", { ...job, ...at(2) }))["IMAGE"], "registry.example.com/shop:1.4.0");
    assert.ok(!objects({ ...job, ...at(0) }).some(({ role }) => role === "smoke-test"));
    assert.ok(!objects({ ...job, ...at(5) }).some(({ role }) => role === "smoke-test"));
  });
});

describe("a smoke test under Flagger", () => {
  it("is a webhook that is asked before the first weight, with the canary's URL", () => {
    const { analysis } = spec<CanarySpec>("canary", {
      ...webhook,
      controller: "flagger",
      namespace: "team",
      judgement: { interval: "2m", initialDelay: "2m" },
    });
    assert.deepEqual(analysis.webhooks?.[0], {
      type: "pre-rollout",
      name: "smoke-test",
      url: "http://tests.example.com/shop",
      timeout: "300s",
      metadata: { url: "http://shop-canary.team" },
    });
  });
});

describe("a smoke test of a first deploy", () => {
  it("is a Job against the stable version, after everything else, and the same at every step and image", () => {
    for (const change of [
      {},
      { controller: "pulumi", step: 1, stableImage: "shop:1" },
      { image: "registry.example.com/shop:2.0.0" },
    ] as const) {
      const last = objects({ ...job, ...change }).at(-1);
      assert.equal(last?.role, "first-deploy-test");
      assert.deepEqual(last.object.spec, spec<JobSpec>("first-deploy-test", job));
      assert.equal(env(last.object.spec as JobSpec)["URL"], "http://shop");
      assert.equal(last.object.metadata.annotations?.["pulumi.com/replaceUnready"], "true");
    }
  });
});

describe("a plan with a smoke test", () => {
  it("says what tests, when and for how long", () => {
    const report = (change: Partial<ReleaseArgs>) => planReport(releaseWith(change));
    assert.ok(
      report(job).lines.includes(
        "tested by a Job of registry.example.com/shop-tests:1.4.0, within 2m, before the first weight, and at the end of a first deploy",
      ),
    );
    assert.ok(
      report(webhook).markdown.includes(
        "- tested by the webhook http://tests.example.com/shop, within 5m, before the first weight",
      ),
    );
    assert.ok(!report({}).lines.some((line) => line.startsWith("tested by")));
  });
});
