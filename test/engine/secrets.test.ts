// Secrets, planted wherever a stack's configuration may have one, and looked for in everything that others read.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ConfigMap, EngineEvent } from "@pulumi/pulumi/automation";
import { keySchemas } from "../../release/settings";
import { keysOf, type ConfigurationKey } from "../../release/settings/keys";
import { startProgramEngine, type ProgramEngine } from "../support/programEngine";
import { leastRelease } from "../support/releases";

/** Paths of all keys that text is written under, as `pulumi config set --path` has them. */
function pathsOf({ name, shape, keys, type, items }: ConfigurationKey, before = ""): readonly string[] {
  const own = name === "*" ? "p95" : name;
  const path = before === "" ? own : `${before}.${own}`;
  const at = type === "array" ? `${path}[0]` : path;
  if (keys.length > 0) return keys.flatMap((key) => pathsOf(key, at));
  const isText = !["integer", "number", "boolean"].includes(items ?? type ?? "");
  return isText ? [shape.startsWith("map to") ? `${at}.PLANTED` : at] : [];
}

const paths = keysOf(keySchemas).flatMap((key) => pathsOf(key));
const tokenOf = (path: string) => `planted-${path.toLowerCase().replace(/[^a-z0-9]+/g, "-")}-${path.length}`;

/** The tokens that a text holds, as they are or in base64. */
const seenIn = (text: string, tokens: readonly string[]) =>
  tokens.filter((token) => text.includes(token) || text.includes(Buffer.from(token).toString("base64").slice(0, -4)));

describe("secrets of a stack's configuration", function () {
  this.timeout(120_000);
  let engine: ProgramEngine;
  before(async () => {
    engine = await startProgramEngine();
  });
  after(() => engine.stop());

  /** The files of the stack: its configuration, state, and the copies that the engine keeps of them. */
  const stored = (stack: string) =>
    readdirSync(engine.directory(stack), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
      .join("\n");

  it("are refused under every key but environment, without being shown", async () => {
    const { stack, configure } = await engine.stack("planted");
    configure({ ...leastRelease, application: "planted" });
    const planted = paths.filter((path) => !path.startsWith("environment"));
    const secrets = [...planted, "unknown"].map((path) => [`canary:${path}`, { value: tokenOf(path), secret: true }]);
    await stack.setAllConfig(Object.fromEntries(secrets) as ConfigMap, true);
    const refused = await stack.preview().then(
      () => "",
      (error: Error) => error.message,
    );
    for (const key of new Set([...planted, "unknown"].map((path) => path.split(/[.[]/)[0] ?? "")))
      assert.ok(refused.includes(`canary:${key} = (hidden): it is a secret`), `${key}: ${refused}`);
    assert.deepEqual(seenIn(refused + stored("planted"), [...planted, "unknown"].map(tokenOf)), []);
    assert.ok(planted.length > 50, `${planted.length}`);
  });

  it("are not shown where their own names are refused", async () => {
    const { stack, configure } = await engine.stack("misnamed");
    configure({ ...leastRelease, application: "misnamed" });
    const token = tokenOf("misnamed");
    await stack.setConfig("canary:environment.not-a-name", { value: token, secret: true }, true);
    const refused = await stack.preview().then(
      () => "",
      (error: Error) => error.message,
    );
    assert.match(refused, /canary:environment\.not-a-name/);
    assert.deepEqual(seenIn(refused, [token]), []);
  });

  it("of the environment are in a Secret, and in clear text nowhere else", async () => {
    const name = "kept";
    const { stack, configure } = await engine.stack(name);
    configure({
      ...leastRelease,
      application: name,
      environment: { PLAIN: "seen" },
    });
    const tokens = ["one", "two"].map(tokenOf);
    const secrets = tokens.map((value, index) => [`canary:environment.TOKEN_${index}`, { value, secret: true }]);
    await stack.setAllConfig(Object.fromEntries(secrets) as ConfigMap, true);
    const events: unknown[] = [];
    // With --debug, and there alone, Pulumi's own SDK tells of each resource that it has registered, secrets included.
    const onEvent = (event: EngineEvent) =>
      (event.diagnosticEvent?.severity as string) !== "debug" && events.push(event);
    const preview = await stack.preview({ diff: true, onEvent });
    const up = await stack.up({ diff: true, onEvent });
    const told = {
      preview: preview.stdout + preview.stderr,
      up: up.stdout + up.stderr,
      outputs: JSON.stringify(up.outputs),
      events: JSON.stringify(events),
      stored: stored(name),
    };
    const leaks = Object.entries(told).filter(([, text]) => seenIn(text, tokens).length > 0);
    assert.deepEqual(
      leaks.map(([where]) => where),
      [],
    );

    const kinds = {
      v1: ["Service", "ConfigMap"],
      "apps/v1": ["Deployment"],
      "batch/v1": ["Job"],
      "argoproj.io/v1alpha1": ["Rollout", "AnalysisTemplate"],
      "networking.k8s.io/v1": ["Ingress"],
      "policy/v1": ["PodDisruptionBudget"],
    };
    const listed = (apiVersion: string, kind: string) => engine.api.objects.list(apiVersion, kind, "default");
    for (const [apiVersion, names] of Object.entries(kinds))
      for (const kind of names)
        assert.deepEqual(seenIn(JSON.stringify((await listed(apiVersion, kind)).items), tokens), [], kind);
    assert.deepEqual(seenIn(JSON.stringify((await listed("v1", "Secret")).items), tokens), tokens);
  });
});
