import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check } from "../../../../policies/check/check";
import { formats } from "../../../../policies/check/formats";
import { readState } from "../../../../policies/check/state";
import { rules } from "../../../../policies/rules";
import { deployment, fewPods } from "../fewPods";

const folder = mkdtempSync(join(tmpdir(), "canary-state-"));
const file = join(folder, "state.json");
after(() => rmSync(folder, { recursive: true }));

interface Resource {
  readonly type?: string;
  readonly inputs: object;
  readonly ignoreChanges?: readonly string[];
  readonly delete?: boolean;
}

/** A state as `pulumi stack export` prints it. */
function stateOf(...resources: readonly Resource[]) {
  const written = resources.map(({ type = "kubernetes:apps/v1:Deployment", ...rest }, index) => ({
    urn: `urn:pulumi:dev::shop::${type}::r${index}`,
    custom: true,
    type,
    ...rest,
  }));
  writeFileSync(
    file,
    JSON.stringify({ version: 3, deployment: { manifest: { version: "v3.255.0" }, resources: written } }, undefined, 4),
  );
  return readState(file);
}
const secret = (text: string) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: text,
});
const judged = (read: ReturnType<typeof readState>, by = [fewPods] as readonly (typeof rules)[number][]) =>
  check(by, read, { configuration: {}, day: "2026-06-15" });

describe("an exported Pulumi state", () => {
  it("is judged by what each Kubernetes resource was declared as, and names its URN and its line", () => {
    const { findings } = judged(stateOf({ inputs: deployment("web", 1) }));
    const line =
      readFileSync(file, "utf8")
        .split("\n")
        .findIndex((text) => text.includes('"replicas"')) + 1;
    assert.deepEqual(
      findings.map(({ name, field, message, origin, excerpt }) => [name, field, message, origin, excerpt.line]),
      [
        [
          "Deployment shop/web",
          "spec.replicas",
          "1 < 2",
          "urn:pulumi:dev::shop::kubernetes:apps/v1:Deployment::r0",
          line,
        ],
      ],
    );
  });

  it("leaves out other providers' resources, patches, and what is about to be deleted", () => {
    const read = stateOf(
      { type: "pulumi:providers:kubernetes", inputs: {} },
      { type: "aws:s3:Bucket", inputs: deployment("web", 1) },
      { type: "kubernetes:apps/v1:DeploymentPatch", inputs: deployment("web", 1) },
      { inputs: deployment("web", 1), delete: true },
      { inputs: deployment("new", 1) },
    );
    assert.deepEqual([read.others, judged(read).findings.map(({ name }) => name)], [4, ["Deployment shop/new"]]);
  });

  it("keeps its secrets to itself, in every format, and says that they were not judged", () => {
    const { metadata, ...rest } = deployment("web", secret("hunter2"));
    const spec = {
      ...rest.spec,
      template: {
        spec: {
          containers: [
            {
              name: "web",
              image: "web:1",
              env: [
                { name: "PASSWORD", value: secret("hunter3") },
                { name: "PLAIN", value: "hunter4" },
              ],
            },
          ],
        },
      },
    };
    const report = judged(stateOf({ inputs: { ...rest, metadata, spec } }), [fewPods, ...rules]);
    assert.deepEqual(
      report.findings.filter(({ rule }) => rule === fewPods).map(({ kind, message }) => [kind, message]),
      [["not judged", "is a secret, which is not read"]],
    );
    assert.ok(report.findings.length > 2, "the container has no probes");
    for (const format of Object.values(formats)) assert.doesNotMatch(format(report, rules), /hunter/);
  });

  const selector = (ignoreChanges?: readonly string[]): Resource => ({
    type: "kubernetes:core/v1:Service",
    inputs: { apiVersion: "v1", kind: "Service", metadata: { name: "web" }, spec: { selector: { app: "web" } } },
    ...(ignoreChanges && { ignoreChanges }),
  });
  it("says what Pulumi leaves alone, where the Pulumi that wrote it recorded that", () => {
    const ignored = (...resources: readonly Resource[]) =>
      stateOf(...resources).objects.map(({ input }) => input.ignoredFields);
    assert.deepEqual(ignored(selector(["spec.selector"]), selector()), [["spec.selector"], []]);
    assert.deepEqual(ignored(selector(), selector()), [undefined, undefined]);
  });

  it("without resources has no objects", () => {
    writeFileSync(file, '{"version": 3, "deployment": {"manifest": {}}}');
    assert.deepEqual(readState(file), { objects: [], others: 0 });
  });

  const refused: readonly (readonly [string, string, RegExp])[] = [
    [
      "is an object of Kubernetes",
      "apiVersion: v1\nkind: Service\n",
      /state\.json: is no state: it has no deployment\.resources; accepted: what pulumi stack export prints/,
    ],
    ["is empty", "", /is no state/],
    ["is cut off", '{"version": 3, "deployment": {"resources": [', /state\.json:1: /],
    ["has anchors, which no state has", '{"deployment": {"resources": [&a {}, *a]}}', /aliases/],
  ];
  for (const [title, text, message] of refused) {
    it(`that ${title} is refused`, () => {
      writeFileSync(file, text);
      assert.throws(() => readState(file), message);
    });
  }
});
