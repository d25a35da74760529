import assert from "node:assert/strict";
import { controllers } from "../../../../manifests/controllers";
import { controllerNames, type ControllerName } from "../../../../release/settings";
import type { AwaitedRelease } from "../../../../verdict/awaited";
import type { ClusterReader } from "../../../../verdict/cluster";
import { releaseOf } from "../../../../verdict/controllers";
import { awaited, canary, pausedAt, rollout } from "../builders";

/** A cluster that holds one object of the controller's kind, and notes what is read of it. */
function clusterWith(object: object) {
  const asked: string[] = [];
  const note = (what: string) => void asked.push(what);
  const reader: ClusterReader = {
    resource: async <Live>({ apiVersion, kind }: { apiVersion: string; kind: string }, name: string) => {
      note(`${apiVersion} ${kind} ${name}`);
      return object as Live;
    },
    resources: async ({ kind }, labelSelector) => {
      note(`${kind} ${labelSelector}`);
      return [];
    },
    events: async ({ kind }, name) => {
      note(`events of ${kind} ${name}`);
      return [];
    },
    deployment: async (name) => note(`Deployment ${name}`),
    service: async (name) => note(`Service ${name}`),
    replicaSets: async () => {
      note("ReplicaSets");
      return [];
    },
    weightObject: async () => note("weight"),
  };
  return { reader, asked };
}

describe("the release that a controller runs", () => {
  const awaitedFrom = (controller: ControllerName): AwaitedRelease => ({ ...awaited, controller });

  it("is a Rollout and its AnalysisRuns, and after an abort all that it moved", async () => {
    const { reader, asked } = clusterWith(rollout({ ...pausedAt(1, 5), abort: true }));
    const release = releaseOf(awaitedFrom("argo-rollouts"), reader);
    await release.verdict();
    const read = ["argoproj.io/v1alpha1 Rollout shop", `AnalysisRun rollouts-pod-template-hash=${canary}`];
    assert.deepEqual(asked, read);
    await release.wayBack();
    assert.deepEqual(asked.slice(2), [read[0], "Service shop-stable", "Service shop-canary", "weight", "ReplicaSets"]);
  });

  it("is a Canary with its two Deployments, and what Flagger said", async () => {
    const { reader, asked } = clusterWith({ metadata: {}, spec: {} });
    await releaseOf(awaitedFrom("flagger"), reader).verdict();
    assert.deepEqual(asked, [
      "flagger.app/v1beta1 Canary shop",
      "Deployment shop",
      "Deployment shop-primary",
      "weight",
      "events of Canary shop",
    ]);
  });

  for (const name of controllerNames) {
    const { steering } = controllers[name];
    it(`${name} ${steering ? "is there, since it can be steered" : "is none, since nobody acts between two ups"}`, () => {
      const found = () => releaseOf(awaitedFrom(name), clusterWith({}).reader);
      if (steering) assert.doesNotThrow(found);
      else assert.throws(found, new RegExp(`With controller ${name} there is no verdict`));
    });
  }
});
