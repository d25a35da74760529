import assert from "node:assert/strict";
import type { IngressControllerArgs } from "@pulumi/kubernetes-ingress-nginx";
import { IngressNginx, type IngressNginxArgs } from "../../../components";
import program from "../../..";
import { leastRelease } from "../../support/releases";
import { record } from "../../support/recorder";

const type = "kubernetes-ingress-nginx:index:IngressController";

/** What the chart is told, as far as the tests look into it. */
interface Told {
  readonly controller: Record<string, unknown>;
  readonly helmOptions: IngressControllerArgs["helmOptions"];
}

async function told(args?: IngressNginxArgs): Promise<Told> {
  const resources = await record(() => new IngressNginx("nginx", args));
  assert.deepEqual(
    resources.map((resource) => `${resource.type} ${resource.name}`),
    ["canary:index:IngressNginx nginx", `${type} nginx-controller`],
  );
  return resources[1]?.inputs as Told;
}

describe("IngressNginx", () => {
  it("pins the last chart, in a namespace of its own", async () => {
    assert.deepEqual((await told()).helmOptions, {
      name: "ingress-nginx",
      version: "4.15.1",
      namespace: "ingress-nginx",
      createNamespace: true,
    });
    assert.deepEqual((await told({ namespace: "edge" })).helmOptions, {
      name: "ingress-nginx",
      version: "4.15.1",
      namespace: "edge",
      createNamespace: true,
    });
  });

  it("serves metrics, checks what Ingress objects say, and takes no snippets", async () => {
    const { controller } = await told();
    assert.deepEqual(controller["metrics"], { enabled: true, serviceMonitor: { enabled: false, honorLabels: true } });
    assert.deepEqual(controller["admissionWebhooks"], { enabled: true });
    assert.equal(controller["allowSnippetAnnotations"], false);
    assert.deepEqual((await told({ serviceMonitor: true })).controller["metrics"], {
      enabled: true,
      serviceMonitor: { enabled: true, honorLabels: true },
    });
  });

  for (const [replicas, minAvailable] of [
    [1, 1],
    [2, 1],
    [5, 4],
  ] as const) {
    it(`keeps ${minAvailable} of ${replicas} ${replicas === 1 ? "pod" : "pods"}`, async () => {
      const { controller } = await told({ replicas });
      assert.deepEqual([controller["replicaCount"], controller["minAvailable"]], [replicas, minAvailable]);
    });
  }

  it("answers for one class, under a name of its own", async () => {
    assert.deepEqual((await told()).controller["ingressClassResource"], {
      name: "nginx",
      enabled: true,
      default: false,
      controllerValue: "k8s.io/ingress-nginx",
    });
    const inside = { name: "inside", enabled: true, default: false, controllerValue: "k8s.io/ingress-nginx-inside" };
    assert.deepEqual((await told({ ingressClass: "inside" })).controller["ingressClassResource"], inside);
  });
});

describe("the program's installIngressNginx", () => {
  const { KUBECONFIG } = process.env;
  before(() => (process.env["KUBECONFIG"] = "/dev/null"));
  after(() => {
    if (KUBECONFIG === undefined) delete process.env["KUBECONFIG"];
    else process.env["KUBECONFIG"] = KUBECONFIG;
  });

  const types = async (more: Record<string, string>) => {
    const release = Object.entries(leastRelease).map(([key, value]) => [`canary:${key}`, String(value)]);
    return (await record(program, { ...(Object.fromEntries(release) as Record<string, string>), ...more })).map(
      (resource) => resource.type,
    );
  };

  it("declares nothing by default", async () => {
    const declared = await types({});
    assert.ok(declared.includes("canary:index:CanaryRelease"));
    assert.ok(!declared.includes(type));
    assert.deepEqual(await types({ "canary:installIngressNginx": "false" }), declared);
  });

  it("installs it before the release", async () => {
    const declared = await types({ "canary:installIngressNginx": "true" });
    const first = declared.findIndex((each) => each.startsWith("kubernetes:"));
    assert.ok(declared.indexOf(type) >= 0 && declared.indexOf(type) < first, declared.join(", "));
  });
});
