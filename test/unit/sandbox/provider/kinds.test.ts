import assert from "node:assert/strict";
import { marked, normalised, replacing, withoutServerFields } from "../../../../sandbox/provider/kinds";
import { formatPath, parsePath } from "../../../../sandbox/provider/paths";
import { secret, type Properties } from "../../../../sandbox/provider/values";

describe("a change that only a replacement brings about", () => {
  const replaced = (object: Properties, paths: readonly string[], config: Properties = {}) =>
    replacing(
      paths.map((path) => ({ kind: "update", path: parsePath(path) })),
      object,
      config,
    ).map(({ path }) => formatPath(path));

  it("is one of the name, the namespace, or a field that cannot change", () => {
    const deployment = { apiVersion: "apps/v1", kind: "Deployment" };
    const paths = [
      "metadata.name",
      "metadata.namespace",
      "metadata.labels.a",
      "spec.selector.matchLabels.app",
      "spec.replicas",
    ];
    assert.deepEqual(replaced(deployment, paths), [
      "metadata.name",
      "metadata.namespace",
      "spec.selector.matchLabels.app",
    ]);
    assert.deepEqual(replaced({ apiVersion: "batch/v1", kind: "Job" }, ["spec.template.spec", "spec.suspend"]), [
      "spec.template.spec",
    ]);
  });

  it("is one of a ConfigMap's data, unless they are said to be mutable", () => {
    const configMap = { apiVersion: "v1", kind: "ConfigMap" };
    assert.deepEqual(replaced(configMap, ["data.a"]), ["data.a"]);
    assert.deepEqual(replaced(configMap, ["data.a"], { enableConfigMapMutable: "true" }), []);
    assert.deepEqual(replaced({ apiVersion: "v1", kind: "Secret" }, ["data.a"], { enableConfigMapMutable: "true" }), [
      "data.a",
    ]);
  });

  it("is none of a Service's selector or a custom resource's spec", () => {
    assert.deepEqual(replaced({ apiVersion: "v1", kind: "Service" }, ["spec.selector.app"]), []);
    assert.deepEqual(replaced({ apiVersion: "argoproj.io/v1alpha1", kind: "Rollout" }, ["spec.strategy"]), []);
  });
});

describe("an object", () => {
  it("is compared as the API server keeps it", () => {
    const secretObject = { apiVersion: "v1", kind: "Secret", data: { a: "MQ==" }, stringData: { b: "2" } };
    assert.deepEqual(normalised(secretObject, undefined), {
      apiVersion: "v1",
      kind: "Secret",
      data: { a: "MQ==", b: "Mg==" },
    });
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop", namespace: "default" } };
    assert.deepEqual(normalised(namespace, { resource: "namespaces", namespaced: false }), {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "shop" },
    });
    assert.deepEqual(normalised(namespace, undefined), namespace);
  });

  it("has its secrets marked when it is a Secret", () => {
    const data = { password: "eA==" };
    assert.deepEqual(marked({ apiVersion: "v1", kind: "Secret", data }), {
      apiVersion: "v1",
      kind: "Secret",
      data: secret(data),
    });
    assert.deepEqual(marked({ apiVersion: "v1", kind: "ConfigMap", data }), {
      apiVersion: "v1",
      kind: "ConfigMap",
      data,
    });
  });

  it("can be freed from what the API server notes about it", () => {
    const live = { kind: "Service", metadata: { name: "web", uid: "1", managedFields: [] }, status: {} };
    assert.deepEqual(withoutServerFields(live), { kind: "Service", metadata: { name: "web" } });
  });
});
