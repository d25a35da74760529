// Texts in objects that want to be more than text where a report is printed.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Log } from "sarif";
import { check } from "../../../../policies/check/check";
import { readFiles } from "../../../../policies/check/files";
import { formats } from "../../../../policies/check/formats";
import { rules } from "../../../../policies/rules";

describe("a report on objects whose texts are commands", () => {
  const folder = mkdtempSync(join(tmpdir(), "canary-check-"));
  after(() => rmSync(folder, { recursive: true }));

  const hostile =
    "::error::\u001b[2Ja\n::error::b\r##[error]c\u2028d\u202ee\u009bf\u0085<![CDATA[g]]>&quot;[h](https://example.com)";
  const object = (kind: string, spec: unknown) => ({
    apiVersion: "argoproj.io/v1alpha1",
    kind,
    metadata: {
      name: hostile,
      namespace: hostile,
      annotations: { "canary/except.none": hostile, [`canary/except.${hostile}`]: hostile },
    },
    spec,
  });
  const report = () => {
    const file = join(folder, "::error::\n\u001b[31m.json");
    const metric = { name: hostile, successCondition: hostile, provider: { prometheus: { query: hostile } } };
    const objects = [
      object("Rollout", {
        replicas: hostile,
        strategy: { canary: { steps: [{ setWeight: 50 }, { pause: { duration: hostile } }] } },
        template: { spec: { containers: [{ name: hostile, image: hostile }] } },
      }),
      object("AnalysisTemplate", { metrics: [metric] }),
      object(hostile, {}),
    ];
    writeFileSync(file, `--- ${JSON.stringify({ apiVersion: "v1", kind: "List", items: objects })}`);
    return check(rules, readFiles([file]), { configuration: {}, day: "2026-06-15" });
  };
  const lines = (text: string) => text.split("\n").slice(0, -1);
  // eslint-disable-next-line no-control-regex
  const moving = /(?!\n)[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/;

  it("has more than ten findings", () => assert.ok(report().findings.length > 10));

  it("is text whose lines are all its own", () => {
    const text = formats.text(report(), rules);
    assert.doesNotMatch(text, moving);
    assert.doesNotMatch(text, /##\w*\[/);
    for (const line of lines(text)) assert.doesNotMatch(line, /^\s*::/);
    assert.match(text, /Rollout ::error::\\u\{1b\}\[2Ja\\n::error::b\\r#/);
  });

  it("is JSON and SARIF with the same texts, and no link", () => {
    for (const text of [formats.json(report(), rules), formats.sarif(report(), rules)]) {
      assert.doesNotMatch(text, moving);
      assert.doesNotMatch(text, /##\w*\[/);
    }
    const { findings } = JSON.parse(formats.json(report(), rules)) as { findings: { object: string }[] };
    assert.ok(findings.some((finding) => finding.object === `Rollout ${hostile}/${hostile}`));
    const { results = [] } = (JSON.parse(formats.sarif(report(), rules)) as Log).runs[0] ?? {};
    for (const { message } of results) assert.doesNotMatch(message.text ?? "", /\]\(/);
    assert.ok(results.some(({ message }) => message.text?.includes("\u001b[2Ja\n::error::b")));
  });

  it("is XML whose elements are all its own", () => {
    const text = formats.junit(report(), rules);
    // eslint-disable-next-line no-control-regex
    assert.doesNotMatch(text, /(?!\n)[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
    assert.doesNotMatch(text, /##\w*\[|<!|\]\]>/);
    for (const line of lines(text)) assert.match(line, /^<[a-z?/]|^[^\n]*:\d+&#10;/);
    assert.match(text, /::error::\[2Ja&#10;::error::b&#13;#&#35;\[error\]c&#8232;d&#8238;e/);
  });
});
