import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { mock } from "node:test";
import { CanaryRelease, Judgement, Routing, Workload } from "../../../components";
import program from "../../..";
import { controllers } from "../../../manifests/controllers";
import { RefusedRelease } from "../../../release/settings/refusal";
import * as settings from "../../../release/settings";
import * as aborted from "../../../verdict/aborted";
import { Unreachable } from "../../../verdict/apiErrors";
import { leastRelease } from "../../support/releases";
import { record } from "../../support/recorder";

const byName = <T extends { name: string }>(resources: readonly T[], name: string) => {
  const found = resources.find((resource) => resource.name === name);
  assert.ok(found, `${name} in ${resources.map((resource) => resource.name).join(", ")}`);
  return found;
};

describe("CanaryRelease", () => {
  it("declares the objects of the release, named by role", async () => {
    const resources = await record(() => new CanaryRelease("shop", leastRelease));
    assert.deepEqual(resources.map(({ type, name }) => `${type} ${name}`).sort(), [
      "canary:index:CanaryRelease shop",
      "kubernetes:argoproj.io/v1alpha1:AnalysisTemplate shop-analysis",
      "kubernetes:argoproj.io/v1alpha1:Rollout shop-rollout",
      "kubernetes:core/v1:Service shop-canary-service",
      "kubernetes:core/v1:Service shop-stable-service",
      "kubernetes:networking.k8s.io/v1:Ingress shop-ingress",
      "kubernetes:policy/v1:PodDisruptionBudget shop-disruption-budget",
    ]);
  });

  it("declares the Rollout after everything that it refers to", async () => {
    const names = (await record(() => new CanaryRelease("shop", leastRelease))).map(({ name }) => name);
    const before = ["shop-stable-service", "shop-canary-service", "shop-ingress", "shop-analysis"];
    for (const name of before) assert.ok(names.indexOf(name) < names.indexOf("shop-rollout"), name);
  });

  it("has parts that a program can use alone", async () => {
    const parts = { Routing, Judgement, Workload };
    const names = await Promise.all(
      Object.entries(parts).map(async ([part, Part]) =>
        (await record(() => new Part(part, leastRelease))).map(({ name }) => name),
      ),
    );
    assert.deepEqual(names.flat().sort(), [
      "Judgement",
      "Judgement-analysis",
      "Routing",
      "Routing-canary-service",
      "Routing-ingress",
      "Routing-stable-service",
      "Workload",
      "Workload-disruption-budget",
      "Workload-rollout",
    ]);
  });

  it("has parts that together are the whole release, on every router", async () => {
    for (const router of settings.routerNames) {
      const args = { ...leastRelease, router, replicas: 20 };
      const whole = await record(() => new CanaryRelease("shop", args));
      const parts = await Promise.all(
        [Routing, Judgement, Workload].map((Part) => record(() => new Part("shop", args))),
      );
      const objects = (resources: typeof whole) =>
        resources
          .filter(({ type }) => type.startsWith("kubernetes:"))
          .map(({ name }) => name)
          .sort();
      assert.deepEqual(objects(parts.flat()), objects(whole), router);
    }
  });

  it("passes on an image that is known later", async () => {
    const image = pulumi.output(Promise.resolve("registry.example.com/shop:later"));
    const rollout = byName(await record(() => new CanaryRelease("shop", { ...leastRelease, image })), "shop-rollout");
    const { spec } = rollout.inputs as { spec: { template: { spec: { containers: { image: string }[] } } } };
    assert.equal(spec.template.spec.containers[0]?.image, "registry.example.com/shop:later");
  });

  it("names each object in its outputs, with the URL and the plan", () => {
    const release = new CanaryRelease("shop", { ...leastRelease, tlsSecret: "shop-tls", path: "/cart" });
    assert.equal(release.url, "https://shop.example.com/cart");
    assert.ok(release.plan.includes("total: 40m, then the canary is the stable version"));
    assert.deepEqual(release.names, {
      "stable-service": "shop",
      "canary-service": "shop-canary",
      ingress: "shop",
      analysis: "shop",
      "disruption-budget": "shop",
      rollout: "shop",
    });
  });

  it("declares nothing where the release is refused", async () => {
    const resources = await record(() =>
      assert.throws(() => new CanaryRelease("shop", { ...leastRelease, replicas: 0 }), RefusedRelease),
    );
    assert.deepEqual(
      resources.filter(({ type }) => type.startsWith("kubernetes:")),
      [],
    );
  });

  it("waits for the verdict only when told to, after the workload", async () => {
    const resources = await record(() => new CanaryRelease("shop", { ...leastRelease, wait: true }));
    assert.equal(resources.at(-1)?.name, "shop-verdict-wait");
    const { create, environment } = byName(resources, "shop-verdict-wait").inputs as {
      create: string;
      environment: { AWAITED: string };
    };
    assert.equal(create, "node --require ts-node/register/transpile-only verdict/main.ts");
    const { boundSeconds, metrics } = JSON.parse(environment.AWAITED) as {
      boundSeconds: number;
      metrics: object;
    };
    assert.ok(boundSeconds > 40 * 60 && boundSeconds < 60 * 60, `${boundSeconds} s for a plan of 40 minutes`);
    assert.deepEqual(metrics, {
      "request-rate-first": { words: "at least 0.1 requests/s", unit: "requests/s" },
      "request-rate": { words: "at least 0.1 requests/s", unit: "requests/s" },
      "error-rate": { words: "below 5 %", unit: "share" },
      "latency-p95": { words: "below 1s", unit: "seconds" },
    });
  });

  it("asks the smoke test's webhook at the end of a first deploy, with what no later version changes", async () => {
    const asked = async (image: string, wait: boolean) => {
      const args = { ...leastRelease, image, wait, smokeTest: { webhook: "http://tests.example.com", timeout: "2m" } };
      const resources = await record(() => new CanaryRelease("shop", args));
      assert.equal(resources.at(-1)?.name, "shop-first-deploy-test-ask");
      return resources.at(-1)?.inputs as { create: string; environment: { SMOKE_TEST: string } };
    };
    const { create, environment } = await asked("registry.example.com/shop:1.4.0", false);
    assert.equal(create, "node --require ts-node/register/transpile-only components/firstDeployTestMain.ts");
    assert.deepEqual(JSON.parse(environment.SMOKE_TEST), {
      webhook: "http://tests.example.com",
      timeout: 120,
      question: { name: "shop", namespace: "default", metadata: { url: "http://shop.default" } },
    });
    assert.deepEqual(await asked("registry.example.com/shop:1.5.0", true), { create, environment });
  });
});

describe("the program", () => {
  const { KUBECONFIG } = process.env;
  const config = {
    "canary:application": "shop",
    "canary:image": "registry.example.com/shop:1.4.0",
    "canary:host": "shop.example.com",
  };
  before(() => (process.env["KUBECONFIG"] = "/dev/null"));
  after(() => {
    if (KUBECONFIG === undefined) delete process.env["KUBECONFIG"];
    else process.env["KUBECONFIG"] = KUBECONFIG;
  });
  afterEach(() => mock.restoreAll());

  it("declares the release that the stack's configuration describes", async () => {
    const resources = await record(program, { ...config, "canary:replicas": "7" });
    const { spec } = byName(resources, "shop-rollout").inputs as { spec: { replicas: number } };
    assert.equal(spec.replicas, 7);
  });

  it("refuses configuration with the keys as the stack's file has them, and without a stack trace", async () => {
    await assert.rejects(
      record(program, { ...config, "canary:image": "shop 1" }),
      (error) =>
        error instanceof pulumi.RunError && error.message.includes('canary:image = "shop 1": an image reference'),
    );
  });

  it("validates the release and describes it once in a run", async () => {
    const validated = mock.method(settings, "releaseSettings");
    const described = mock.method(controllers["argo-rollouts"], "describe");
    await record(program, { ...config, "canary:wait": "true" });
    assert.deepEqual([validated.mock.callCount(), described.mock.callCount()], [1, 1]);
  });

  it("goes on with a warning where the cluster cannot be asked, and not after a programming error", async () => {
    const asked = mock.method(aborted, "refusalOfAborted", async () => {
      throw new Unreachable("the API server does not answer");
    });
    const warned = mock.method(pulumi.log, "warn", async () => undefined);
    byName(await record(program, config), "shop-rollout");
    assert.match(String(warned.mock.calls[0]?.arguments[0]), /could not be asked: the API server does not answer$/);
    asked.mock.mockImplementation(async () => {
      throw new TypeError("a programming error");
    });
    await assert.rejects(record(program, config), /^TypeError: a programming error$/);
  });
});
