import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { CanarySpec, CanaryWebhook, MetricTemplateSpec } from "../../manifests/types/flagger";
import type { Description } from "../../manifests/description";
import { evaluate, type QueryAnswer } from "./prometheus";

type GateIs = "open" | "closed";

/** What the scripts of a Canary's webhooks see of the cluster, with the Canary shop in the namespace demo. */
export interface SeenByHooks {
  readonly weight: number;
  /** Since the weight was set. Default: 0. */
  readonly seconds?: number;
  /** Default: closed. */
  readonly gate?: GateIs;
}

/**
 * Runs scripts as Flagger's load tester does, beside a kubectl that knows one Canary and the load tester's own gate.
 */
export interface LoadTester {
  readonly url: string;
  /** Whether a script ended well, the gate after it, and what it said. */
  run(
    cmd: string,
    at: SeenByHooks,
  ): Promise<{ readonly passes: boolean; readonly gate: GateIs; readonly said: string }>;
  stop(): Promise<void>;
}

export async function startLoadTester(): Promise<LoadTester> {
  const folder = mkdtempSync(join(tmpdir(), "gate-"));
  const kubectl = join(folder, "kubectl");
  const asked =
    "get canaries.flagger.app shop --namespace demo --output jsonpath={.status.canaryWeight} {.status.lastTransitionTime}";
  writeFileSync(kubectl, `#!/bin/bash\n[ "$*" = "${asked}" ] && cat ${join(folder, "canary")}\n`);
  chmodSync(kubectl, 0o755);
  let is: GateIs = "closed";
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (Buffer.concat(chunks).toString() !== '{"name":"shop","namespace":"demo"}')
        return response.writeHead(400).end();
      if (request.url === "/gate/check") return response.writeHead(is === "open" ? 200 : 403).end();
      if (request.url !== "/gate/close") return response.writeHead(404).end();
      is = "closed";
      return response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const env = { ...process.env, PATH: [folder, process.env["PATH"]].join(delimiter) };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    run: async (cmd, { weight, seconds = 0, gate = "closed" }) => {
      const since = new Date(Date.now() - seconds * 1000).toISOString().replace(/\.\d+/, "");
      writeFileSync(join(folder, "canary"), `${weight} ${since}`);
      is = gate;
      const { passes, said } = await new Promise<{ passes: boolean; said: string }>((resolve) =>
        execFile("bash", ["-c", cmd], { env }, (error, stdout, stderr) =>
          resolve({ passes: error === null, said: `${stdout}${stderr}`.trim() }),
        ),
      );
      return { passes, gate: is, said };
    },
    stop: async () => {
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}

export type Looked = { readonly does: "rolls back" | "holds"; readonly by: string } | { readonly does: "goes on" };

/**
 * What Flagger does at one look at a Canary that tolerates no failure: the checks of its webhooks, then of its metrics,
 * and then its gates, in that order (runAnalysis and runConfirmTrafficIncreaseHooks in its
 * pkg/controller/scheduler.go).
 */
export async function look(
  { objects }: Description,
  known: ReadonlyMap<string, QueryAnswer> | "nothing at all",
  loadTester: LoadTester,
  at: SeenByHooks,
): Promise<Looked> {
  const canary = objects.find(({ role }) => role === "canary")?.object.spec as CanarySpec;
  const webhooks = (type: CanaryWebhook["type"]) =>
    (canary.analysis.webhooks ?? []).filter((webhook) => webhook.type === type);
  const closed = async ({ metadata }: CanaryWebhook) => !(await loadTester.run(metadata?.["cmd"] ?? "", at)).passes;
  for (const webhook of webhooks("rollout")) if (await closed(webhook)) return { does: "rolls back", by: webhook.name };
  for (const { name, thresholdRange } of canary.analysis.metrics) {
    const { query } = objects.find(({ role }) => role === `metric-${name}`)?.object.spec as MetricTemplateSpec;
    const value = known === "nothing at all" ? undefined : evaluate(query.replaceAll("{{ namespace }}", "demo"), known);
    if (value === undefined || value === "nothing" || Number.isNaN(value)) return { does: "rolls back", by: name };
    if ("min" in thresholdRange ? value < thresholdRange.min : value > thresholdRange.max)
      return { does: "rolls back", by: name };
  }
  for (const webhook of webhooks("confirm-traffic-increase"))
    if (await closed(webhook)) return { does: "holds", by: webhook.name };
  return { does: "goes on" };
}
