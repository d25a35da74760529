// The check's SARIF, held to the schema that its standard gives.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv-draft-04";
import addFormats from "ajv-formats";
import { dump } from "js-yaml";
import { check, nothing } from "../../../../policies/check/check";
import { formats } from "../../../../policies/check/formats";
import { readYaml } from "../../../../policies/check/yaml";
import type { Input } from "../../../../policies/objects/input";
import { examplesOf } from "../../../../policies/rules/pages";
import type { Rule } from "../../../../policies/gate/rule";
import { rules } from "../../../../policies/rules";
import { deployment, fewPods } from "../fewPods";

const schema = JSON.parse(
  readFileSync(join(require.resolve("@microsoft/jest-sarif"), "..", "schemas", "sarif-2.1.0-rtm.5.json"), "utf8"),
) as object;
// Its patterns are of the time before regular expressions knew Unicode.
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats(ajv);
const validate = ajv.compile(schema);

/** What the schema says against a report on some YAML. */
function faults(judging: readonly Rule[], text: string, file = "objects.yaml"): readonly string[] {
  const objects = readYaml(file, text).map(({ value, excerpt }) => ({
    input: { object: value as Input["object"] },
    file,
    excerpt,
  }));
  return faultsOf(
    formats.sarif(check(judging, { objects, others: 0 }, { configuration: {}, day: "2026-06-15" }), judging),
  );
}

function faultsOf(sarif: string): readonly string[] {
  validate(JSON.parse(sarif));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ""}`);
}

describe("the check's SARIF keeps to its schema", () => {
  const annotations = { "canary/except.few-pods": "until 2026-12-31: a reason that is long enough" };
  const reports: readonly (readonly [string, readonly Rule[], string, string?])[] = [
    ["without findings", rules, ""],
    ["with a violation", [fewPods], dump(deployment("web", 1))],
    ["with what was not judged", [fewPods], dump(deployment("web", "many"))],
    ["with an exception", [fewPods], dump(deployment("web", 1, annotations))],
    ["of standard input", [fewPods], dump(deployment("web", 1)), "standard input"],
    ["of a file whose name no URI has", [fewPods], dump(deployment("web", 1)), "C:\\shop & co\\ä #1.yaml"],
  ];
  for (const [title, judging, text, file] of reports)
    it(title, () => assert.deepEqual(faults(judging, text, file), []));
  it("with a violation of each rule", () =>
    assert.deepEqual(faults(rules, rules.map((rule) => examplesOf(rule)?.unsafe ?? "").join("\n---\n")), []));

  it("where nothing was judged", () =>
    assert.deepEqual(faultsOf(formats.sarif({ ...nothing, problems: ["a.yaml: is no text"] }, rules)), []));

  it("which refuses what is none", () =>
    assert.equal(validate({ version: "2.1.0", runs: [{ tool: {}, results: [{ ruleId: 1 }] }] }), false));
});
