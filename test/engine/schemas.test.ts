// What a release is on Kubernetes, held against the real definitions: a misspelt or misplaced field is refused.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { loadAllYaml, type KubernetesObject } from "@kubernetes/client-node";
import { describe as describeRelease } from "../../manifests/describe";
import { routerNames, type ReleaseArgs } from "../../release/release";
import { moduleFiles } from "../../sandbox/toolchain/moduleFiles";
import { startApiServer, type ApiServer } from "../support/apiServer";
import { settingsWith } from "../support/releases";

describe("every object of every pair", function () {
  this.timeout(120_000);
  let api: ApiServer;
  before(async () => {
    api = await startApiServer();
    const { argoRolloutsCrds, traefikCrds, gatewayApiCrds, istioCrds } = await moduleFiles(["istio"]);
    const kinds = new Set(["Rollout", "AnalysisTemplate", "TraefikService", "IngressRoute", "HTTPRoute", "VirtualService", "DestinationRule"]);
    for (const directory of [argoRolloutsCrds, traefikCrds, gatewayApiCrds, istioCrds]) {
      for (const file of readdirSync(directory)) {
        const definitions = loadAllYaml(readFileSync(join(directory, file), "utf8")) as (KubernetesObject & { spec?: { names?: { kind?: string } } })[];
        const wanted = definitions.filter((definition) => kinds.has(definition?.spec?.names?.kind ?? ""));
        for (const definition of wanted) await api.objects.create(definition);
      }
    }
  });
  after(() => api.stop());

  const resourceOf = ({ kind = "" }: KubernetesObject) => `${kind.toLowerCase()}${kind.endsWith("s") ? "es" : "s"}`;
  /** Kinds that were defined a moment ago are served a moment later. */
  async function validate(object: KubernetesObject): Promise<void> {
    for (let left = 40; ; left--) {
      try {
        return await api.validate(object, resourceOf(object));
      } catch (error) {
        if (left === 0 || !/answered (404|429|503)/.test(String(error))) throw error;
        await sleep(250);
      }
    }
  }

  const full: Partial<ReleaseArgs> = {
    replicas: 4,
    steps: [{ weight: 25, hold: "10m" }, { weight: 50, hold: "until promoted" }, { weight: 100, hold: "0s" }],
    stableImage: "registry.example.com/shop:1.3.0",
    environment: { LEVEL: "info" },
    command: ["/shop", "serve"],
    mounts: { "/etc/shop": "shop-settings" },
    tlsSecret: "shop-tls",
    attempt: 2,
    judgement: { noData: { pass: "nobody uses it at night" } },
  };
  for (const router of routerNames) {
    for (const controller of ["argo-rollouts", "pulumi"] as const) {
      it(`router ${router} with controller ${controller} is as the API server's schemas say`, async () => {
        const { objects } = describeRelease(settingsWith({ ...full, router, controller, ...(controller === "pulumi" && { step: 1 }) }));
        for (const { object } of objects) await validate(object as KubernetesObject);
      });
    }
  }

  it("is held to them: a misspelt field is refused, of each", async () => {
    const objects = routerNames.flatMap((router) => describeRelease(settingsWith({ ...full, router, controller: "pulumi", step: 1 })).objects);
    const { objects: withRollout } = describeRelease(settingsWith(full));
    for (const { object } of [...objects, ...withRollout]) {
      const misspelt = { ...object, spec: { ...(object.spec as object), wieghted: 1 } } as KubernetesObject;
      await assert.rejects(validate(misspelt), /unknown field \\?"spec.wieghted/, object.kind);
    }
  });
});
