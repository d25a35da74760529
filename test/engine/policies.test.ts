// The gate under the real engine: what it refuses before anything is sent, and what it says that it cannot see.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { EngineEvent, PreviewOptions, PulumiFn } from "@pulumi/pulumi/automation";
import { readState } from "../../policies/check/state";
import { nameOf } from "../../policies/objects/input";
import { rules } from "../../policies/rules";
import { startProgramEngine, type ProgramEngine } from "../support/programEngine";
import { providePolicyRunner } from "../../bench/policyRunner";
import { leastRelease } from "../support/releases";

const repository = join(__dirname, "..", "..");
const policyPacks = [join(repository, "policies")];

/** The rules that the programs of these tests are written for; the others are left out. */
const tried = ["first-weight", "weight-jump", "judged-by-a-metric", "no-data-does-not-pass", "probes", "owned-fields"];
const left = rules.map(({ name }) => name).filter((name) => !tried.includes(name));

interface Judged {
  /** Undefined where the engine went through with it. */
  readonly error?: Error;
  /** A line for each thing that a policy reported: its level, its name and its message. */
  readonly reports: readonly string[];
}

describe("the gate under the real engine", function () {
  this.timeout(120_000);
  const configurations = mkdtempSync(join(tmpdir(), "canary-gate-"));
  let engine: ProgramEngine;
  let removeRunner: () => void;

  before(async () => {
    removeRunner = providePolicyRunner();
    engine = await startProgramEngine();
  });

  after(async () => {
    await engine.stop();
    removeRunner();
    rmSync(configurations, { recursive: true, force: true });
  });

  async function judged(
    run: (options: Pick<PreviewOptions, "policyPacks" | "onEvent">) => Promise<unknown>,
  ): Promise<Judged> {
    const reports: string[] = [];
    const onEvent = ({ policyEvent: event }: EngineEvent) => {
      if (event) reports.push(`${event.enforcementLevel} ${event.policyName}: ${event.message}`);
    };
    const error = await run({ policyPacks, onEvent }).then(
      () => undefined,
      (reason: Error) => reason,
    );
    return { reports, ...(error && { error }) };
  }

  /** A configuration of the pack in which only the rules that are tried judge. */
  function configured(configuration: object = {}): Pick<PreviewOptions, "policyPackConfigs"> {
    const file = join(configurations, "configuration.json");
    writeFileSync(
      file,
      JSON.stringify({ ...Object.fromEntries(left.map((rule) => [rule, "disabled"])), ...configuration }),
    );
    return { policyPackConfigs: [file] };
  }

  async function preview(
    name: string,
    program: PulumiFn,
    configuration: object = {},
    options: PreviewOptions = {},
  ): Promise<Judged> {
    const { stack } = await engine.stack(name, program);
    return judged((given) => stack.preview({ ...given, ...configured(configuration), ...options }));
  }

  const metadata = (name: string, annotations = {}) => ({
    name,
    namespace: "default",
    annotations: { "pulumi.com/skipAwait": "true", ...annotations },
  });
  const service = (name: string, ignoreChanges: string[] = ["spec.selector"]) =>
    new k8s.core.v1.Service(
      name,
      { metadata: metadata(name), spec: { selector: { app: "web" }, ports: [{ port: 80 }] } },
      { ignoreChanges },
    );
  const apiVersion = "argoproj.io/v1alpha1";
  const template = (successCondition = "result[0] < 0.05") =>
    new k8s.apiextensions.CustomResource("analysis", {
      apiVersion,
      kind: "AnalysisTemplate",
      metadata: metadata("web"),
      spec: {
        metrics: [
          {
            name: "error-rate",
            interval: "30s",
            successCondition,
            provider: { prometheus: { address: "http://prometheus:9090", query: "sum(errors) / sum(requests)" } },
          },
        ],
      },
    });
  const rollout = (weights: pulumi.Input<number>[], dependsOn: pulumi.Resource[], annotations = {}) => {
    const probe = { httpGet: { port: 8080 } };
    return new k8s.apiextensions.CustomResource(
      "rollout",
      {
        apiVersion,
        kind: "Rollout",
        metadata: metadata("web", annotations),
        spec: {
          selector: { matchLabels: { app: "web" } },
          template: {
            metadata: { labels: { app: "web" } },
            spec: { containers: [{ name: "web", image: "web:1", readinessProbe: probe, livenessProbe: probe }] },
          },
          strategy: {
            canary: {
              stableService: "web",
              canaryService: "web-canary",
              steps: weights.map((setWeight) => ({ setWeight })),
              analysis: { templates: [{ templateName: "web" }] },
            },
          },
        },
      },
      { dependsOn },
    );
  };
  const release =
    (weights: pulumi.Input<number>[], annotations = {}): PulumiFn =>
    async () => {
      rollout(weights, [service("web"), service("web-canary"), template()], annotations);
      return Promise.resolve();
    };

  it("passes this repository's program, sees all of it, and warns of its router and of nobody being told", async () => {
    const { stack, configure } = await engine.stack("program");
    configure({ ...leastRelease, traffic: { requestRate: "100/s" } });
    const { error, reports } = await judged((options) => stack.preview(options));
    assert.equal(error?.message, undefined);
    assert.deepEqual(
      reports.map((report) => report.split(":", 1)[0]),
      ["advisory retired-router", "advisory somebody-told"],
    );
  });

  it("refuses the preview of a program that is unsafe, naming the rule and how to mend it", async () => {
    const { error, reports } = await preview("unsafe", release([20, 80]));
    assert.ok(error);
    assert.equal(reports.length, 2, reports.join("\n"));
    assert.match(
      reports[0] ?? "",
      /^mandatory first-weight: .*Rollout default\/web, spec\.strategy\.canary\.steps\[0\]\.setWeight: the first weight is 20 %; accepted: at most 10 %\nLet the first step/s,
    );
    assert.match(reports[1] ?? "", /^mandatory weight-jump: .*from 20 % to 80 %/s);
  });

  it("names what several objects have to do with each other, in whichever order they are declared", async () => {
    const { error, reports } = await preview("together", async () => {
      rollout([5, 25, 50], []);
      service("web");
      service("web-canary", []);
      template("true");
      return Promise.resolve();
    });
    assert.ok(error);
    const names = reports.map((report) => /^mandatory ([^:]*)/.exec(report)?.[1]).sort();
    assert.deepEqual(names, ["judged-by-a-metric", "no-data-does-not-pass", "owned-fields"], reports.join("\n"));
  });

  it("refuses an update without a preview before the object is sent", async () => {
    const { stack } = await engine.stack("update", async () => {
      rollout([5, 25, 50], [service("web"), service("web-canary", []), template()]);
      return Promise.resolve();
    });
    const { error, reports } = await judged((options) => stack.up({ ...options, ...configured() }));
    assert.ok(error);
    assert.match(reports.join("\n"), /mandatory owned-fields: .*Service default\/web-canary, spec\.selector/s);
    await assert.rejects(
      engine.api.objects.read({ apiVersion, kind: "Rollout", metadata: { name: "web", namespace: "default" } }),
      /404/,
    );
    await stack.destroy();
  });

  describe("with a weight that a preview cannot know", () => {
    const program: PulumiFn = async () => {
      const { id } = new k8s.core.v1.ConfigMap("first", { data: { a: "1" } });
      const weight = id.apply((known) => (known === "" ? 100 : 5));
      rollout([weight, 25, 50], [service("web"), service("web-canary"), template()]);
      return Promise.resolve();
    };
    it("says what it did not judge, and lets it pass", async () => {
      const { error, reports } = await preview("unknown", program);
      assert.equal(error, undefined);
      assert.ok(
        reports.every((report) => report.startsWith("advisory not-judged: ")),
        reports.join("\n"),
      );
      assert.match(
        reports.join("\n"),
        /first-weight was not judged: Rollout default\/web, spec\.strategy\.canary\.steps\[0\]\.setWeight: is not known before the deployment/,
      );
    });

    it("refuses it where everything must be judged", async () => {
      const { error, reports } = await preview("unknown", program, { "not-judged": "mandatory" });
      assert.ok(error);
      assert.match(reports.join("\n"), /mandatory not-judged: .*first-weight was not judged/s);
    });
  });

  it("lists what is excepted, by the object's annotation or the pack's configuration, and refuses an exception that has ended", async () => {
    const except = (until: string) => ({ object: "Rollout default/*", reason: "agreed on with both teams", until });
    const program = release([20, 80], {
      "canary/except.weight-jump": "until 2999-12-31: the weights are moved by hand",
    });
    const withExceptions = async (exceptions: readonly object[]) =>
      preview("exceptions", program, { "first-weight": { exceptions } });
    const excepted = await withExceptions([except("2999-12-31")]);
    assert.equal(excepted.error, undefined, excepted.reports.join("\n"));
    assert.match(
      excepted.reports.join("\n"),
      /advisory excepted: .*first-weight: Rollout default\/web, .*the first weight is 20 %.*; excepted until 2999-12-31: agreed on with both teams/s,
    );
    assert.match(
      excepted.reports.join("\n"),
      /advisory excepted: .*weight-jump: .*; excepted until 2999-12-31: the weights are moved by hand/s,
    );
    const ended = await withExceptions([except("2026-01-31")]);
    assert.ok(ended.error);
    assert.match(
      ended.reports.join("\n"),
      /mandatory exceptions: .*the exception from first-weight ended on 2026-01-31 \(agreed on with both teams\), for Rollout default\/\*/s,
    );
    assert.match(
      (await withExceptions([{ object: "Rollout default/web", until: "2999-12-31" }])).error?.message ?? "",
      /reason/,
    );
  });

  it("judges the same compiled, from a folder with nothing of this repository in it", async () => {
    const { status, stderr } = spawnSync(process.execPath, [join(repository, "policies", "compile.mjs")], {
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    const pack = join(configurations, "pack");
    cpSync(join(repository, "policies", "dist"), pack, { recursive: true });
    mkdirSync(join(pack, "node_modules"));
    symlinkSync(join(repository, "node_modules", "@pulumi"), join(pack, "node_modules", "@pulumi"));
    const { error, reports } = await preview("compiled", release([20, 80]), {}, { policyPacks: [pack] });
    assert.ok(error);
    assert.match(reports.join("\n"), /mandatory first-weight: .*the first weight is 20 %; accepted: at most 10 %/s);
  });

  it("judges the exported state as the program, with what Pulumi leaves alone", async () => {
    const { stack } = await engine.stack("state", async () => {
      service("web");
      service("web-canary", []);
      return Promise.resolve();
    });
    await stack.up();
    const file = join(configurations, "state.json");
    writeFileSync(file, JSON.stringify(await stack.exportStack()));
    const { objects } = readState(file);
    const ignored = objects.map(({ input: { object, ignoredFields } }) => [nameOf(object), ignoredFields] as const);
    assert.deepEqual(Object.fromEntries(ignored), {
      "Service default/web": ["spec.selector"],
      "Service default/web-canary": [],
    });
    await stack.destroy();
  });

  it("takes its limits from the pack's configuration, and refuses one out of range", async () => {
    const withLimit = async (most: number) => preview("limits", release([20, 50]), { "first-weight": { most } });
    assert.equal((await withLimit(20)).error, undefined);
    assert.match((await withLimit(19)).reports.join("\n"), /accepted: at most 19 %/);
    assert.match((await withLimit(101)).error?.message ?? "", /first-weight/);
  });
});
