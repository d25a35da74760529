import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Log } from "sarif";
import fc from "fast-check";
import { dump } from "js-yaml";
import { check, summary } from "../../../../policies/check/check";
import { readConfiguration, type Configuration } from "../../../../policies/check/configuration";
import { readFiles } from "../../../../policies/check/files";
import { formats } from "../../../../policies/check/formats";
import { readYaml } from "../../../../policies/check/yaml";
import { pages } from "../../../../policies/rules/pages";
import { rules } from "../../../../policies/rules";
import { deployment, fewPods } from "../fewPods";

const root = join(__dirname, "..", "..", "..", "..");
const folder = mkdtempSync(join(tmpdir(), "canary-check-"));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const day = "2026-06-15";
const judged = (text: string, configuration: Configuration = {}) =>
  check([fewPods], readFiles([file("objects.yaml", text)]), { configuration, file: "gate.yaml", day });
const kindsAndNames = (text: string) =>
  readFiles([file("objects.yaml", text)]).objects.map(
    ({ input: { object } }) => `${String(object["kind"])} ${String((object["metadata"] as { name: string }).name)}`,
  );

describe("reading YAML", () => {
  const a = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n";
  const b = a.replace("name: a", "name: b");
  const item = (name: string) => `- {apiVersion: v1, kind: Service, metadata: {name: ${name}}}\n`;
  const read: readonly (readonly [string, string, readonly string[]])[] = [
    ["several documents", `${a}---\n${b}`, ["Service a", "Service b"]],
    [
      "Helm's comments and empty documents",
      `---\n# Source: shop/templates/a.yaml\n${a}---\n# Source: shop/templates/none.yaml\n---\n---\n# Source: shop/templates/b.yaml\n${b}---\n`,
      ["Service a", "Service b"],
    ],
    ["a List", `apiVersion: v1\nkind: List\nitems:\n${item("a")}${item("b")}`, ["Service a", "Service b"]],
    [
      "a typed list, whose items leave out what they are",
      "apiVersion: v1\nkind: ServiceList\nitems: [{metadata: {name: a}}]",
      ["Service a"],
    ],
    [
      "a list in a list",
      `apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Service, metadata: {name: a}}]}\n`,
      ["Service a"],
    ],
    ["JSON", JSON.stringify({ apiVersion: "v1", kind: "Service", metadata: { name: "ä😀" } }), ["Service ä😀"]],
    [
      "a byte order mark and Windows' line ends",
      `\ufeff${`${a}---\n${b}`.replaceAll("\n", "\r\n")}`,
      ["Service a", "Service b"],
    ],
    ["nothing", "", []],
    ["comments alone", "# nothing\n---\n# at all\n", []],
    ["what is no object", "- 1\n---\ntext\n---\nkind: Service\n", []],
  ];
  for (const [title, text, names] of read)
    it(`finds the objects of ${title}`, () => assert.deepEqual(kindsAndNames(text), names));

  it("reads truth as Kubernetes does, and merges maps", () => {
    assert.deepEqual(readYaml("f", "base: &base {a: yes, b: on}\nmore: {<<: *base, b: no}\n")[0]?.value, {
      base: { a: true, b: true },
      more: { a: true, b: false },
    });
  });

  const loose: readonly (readonly [string, string, unknown])[] = [
    ["quoted text", "a:\n  b: 'one\n  two\n\n  three'\n  c: 1\n", { a: { b: "one two\nthree", c: 1 } }],
    ["quoted text in a list", 'a:\n- b: "one\n\n  two \\\n  three"\n- 2\n', { a: [{ b: "one\ntwo three" }, 2] }],
    ["a list in brackets", "a: [\n  1,\n  2\n]\nb: 1\n", { a: [1, 2], b: 1 }],
    ["a map in braces", "a:\n  b: {\n  c: 1,\n  # more\n  d: 'x\ny'\n}\n---\na: 1\n", { a: { b: { c: 1, d: "x y" } } }],
  ];
  for (const [title, text, value] of loose)
    it(`takes ${title} whose lines are indented too little, as Kubernetes does`, () =>
      assert.deepEqual(readYaml("f", text)[0]?.value, value));

  it("finds the lines after such text", () => {
    assert.deepEqual(readYaml("f", "a:\n  b: 'one\n  two'\n  c: 1\n")[0]?.excerpt(["a", "c"]), {
      line: 4,
      text: ["  c: 1"],
    });
  });

  const bomb = Array.from(
    { length: 30 },
    (_, index) =>
      `a${index}: &a${index} [${Array.from({ length: 9 }, () => (index === 0 ? "x" : `*a${index - 1}`)).join(", ")}]`,
  ).join("\n");
  const refused: readonly (readonly [string, string, RegExp])[] = [
    ["a tab as indentation", "a:\n\tb: 1\n", /^f\.yaml:2: tab characters must not be used in indentation$/],
    ["quoted text that does not end", "a:\n  b: 'one\n  c: 1\nd: 2\n", /^f\.yaml:\d: /],
    ["a list that does not end", "a:\n  b: [1,\n  c: 1\nd: 2\n", /^f\.yaml:\d: /],
    ["a key twice", "a: 1\nb: 2\na: 3\n", /^f\.yaml:3: duplicated mapping key$/],
    ["an anchor that nobody set", "a: 1\nb: *c\n", /^f\.yaml:2: unidentified alias "c"$/],
    ["an anchor within itself", "a: 1\nb: &c\n  d:\n    - *c\n", /^f\.yaml:4: \*c stands within &c, so it has no end$/],
    ["anchors that multiply each other", bomb, /^f\.yaml:\d+: aliases exceeded maxAliases/],
    ["depth without end", "[".repeat(10_000), /^f\.yaml:1: /],
    ["a tag that is not known", "a: !Ref b\n", /^f\.yaml:1: unknown scalar tag/],
    [
      "Helm's template of a value",
      "a: 1\nreplicas: {{ .Values.replicas }}\n",
      /^f\.yaml:2: is a template that was not rendered: replicas: \{\{ \.Values\.replicas \}\}; accepted: what it renders, as of: helm template/,
    ],
    [
      "an argument without quotes",
      "a: 1\nb: {{args.x}}\n",
      /^f\.yaml:2: is a map whose key is a map, as \{\{\.\.\.\}\} is without quotes: b: \{\{args\.x\}\}; accepted: "\{\{\.\.\.\}\}"$/,
    ],
    [
      "Helm's template of a part",
      "{{- if .Values.ingress }}\na: 1\n{{- end }}\n",
      /^f\.yaml:1: is a template that was not rendered/,
    ],
    [
      "Helm's template of a list",
      "a:\n  {{- toYaml .Values.a | nindent 2 }}\nb: 1\n",
      /^f\.yaml:2: is a template that was not rendered/,
    ],
  ];
  for (const [title, text, message] of refused)
    it(`refuses ${title}, with file and line`, () => assert.throws(() => readYaml("f.yaml", text), { message }));

  it("reads an argument of an AnalysisTemplate as the text that it is", () => {
    assert.deepEqual(readYaml("f", 'a: "{{args.hash}}"\nb: result[0] < {{args.limit}}\n')[0]?.value, {
      a: "{{args.hash}}",
      b: "result[0] < {{args.limit}}",
    });
  });

  const text =
    "kind: Rollout\nspec:\n  replicas: 1\n  steps:\n    - setWeight: 5\n    - pause:\n        duration: 1m\n      note: x\n  labels: &labels\n    app: a\n  selector: *labels\n  more:\n    <<: *labels\n  flow: {a: 1,\n    b: 2}\n";
  const places: readonly (readonly [string, readonly (string | number)[], number, readonly string[]])[] = [
    ["a value", ["spec", "replicas"], 3, ["  replicas: 1"]],
    ["an item of a list", ["spec", "steps", 0, "setWeight"], 5, ["    - setWeight: 5"]],
    ["a map, of which it shows three lines", ["spec"], 2, ["spec:", "  replicas: 1", "  steps:"]],
    ["a field that is not there: what it would be in", ["spec", "steps", 1, "pause", "until"], 6, ["    - pause:"]],
    ["an item that is not there", ["spec", "steps", 7], 4, ["  steps:"]],
    ["what an alias stands for", ["spec", "selector", "app"], 10, ["    app: a"]],
    ["a key that is merged in", ["spec", "more", "app"], 10, ["    app: a"]],
    ["a key within braces", ["spec", "flow", "b"], 15, ["    b: 2}"]],
    ["the object itself", [], 1, ["kind: Rollout", "spec:", "  replicas: 1"]],
  ];
  for (const [title, place, line, lines] of places)
    it(`knows the line of ${title}`, () =>
      assert.deepEqual(readYaml("f", text)[0]?.excerpt(place), { line, text: lines }));

  it("shows no more than the begin of a line that is long", () => {
    const [shown = ""] = readYaml("f", `{"a": "${"x".repeat(1_000_000)}", "b": 1}`)[0]?.excerpt(["b"]).text ?? [];
    assert.ok(shown.length < 200 && shown.startsWith('{"a": "xxx'), shown);
  });
});

describe("reading files", () => {
  it("takes the YAML and JSON of folders and their folders, and says of everything that it cannot read", () => {
    const inner = join(folder, "all", "inner");
    mkdirSync(inner, { recursive: true });
    const put = (path: string, name: string) =>
      writeFileSync(path, dump({ apiVersion: "v1", kind: "Service", metadata: { name } }));
    put(join(folder, "all", "a.yaml"), "a");
    put(join(inner, "b.yml"), "b");
    put(join(inner, "c.json"), "c");
    writeFileSync(join(inner, "README.md"), "{{ no YAML");
    writeFileSync(join(inner, "values.yaml"), "replicas: 1\n");
    const { objects, others } = readFiles([join(folder, "all")]);
    assert.deepEqual([objects.length, others], [3, 1]);
    writeFileSync(join(inner, "d.yaml"), "a: b: c\n");
    assert.throws(
      () => readFiles([join(folder, "missing"), join(folder, "all")]),
      /missing: there is no such file or folder; accepted: YAML or JSON files, folders.*\n.*d\.yaml:1: bad indentation/,
    );
  });
});

describe("the check", () => {
  const objects = (...all: object[]) => all.map((object) => dump(object)).join("---\n");

  it("says where a finding is, by file and line, in their order", () => {
    const { findings } = judged(
      objects(deployment("web", 1), deployment("fine", 2), { apiVersion: "v1", kind: "Secret" }, deployment("none", 0)),
    );
    assert.deepEqual(
      findings.map(({ name, excerpt, severity, message }) => [
        name,
        excerpt.line,
        excerpt.text.join(""),
        severity,
        message,
      ]),
      [
        ["Deployment shop/web", 8, "  replicas: 1", "error", "1 < 2"],
        ["Deployment shop/none", 29, "  replicas: 0", "error", "0 < 2"],
      ],
    );
  });

  it("shows the line, why it hurts, how to mend it, and the field mended", () => {
    assert.equal(
      formats.text(judged(objects(deployment("web", 1))), []).replaceAll(folder, "."),
      "./objects.yaml:8: error: few-pods\n  Deployment shop/web, spec.replicas: 1 < 2\n      8 |   replicas: 1\n  why:  They may all be gone at once.\n  mend: Give it more.\n        replicas: 2\n\n1 object: 1 violation (1 error, 0 warnings), 0 not judged, 0 excepted\n",
    );
  });

  it("takes limits and levels from the configuration", () => {
    const found = (configuration: Configuration) =>
      judged(objects(deployment("web", 3)), configuration).findings.map(({ severity, kind }) => `${severity} ${kind}`);
    assert.deepEqual(found({}), []);
    assert.deepEqual(found({ "few-pods": { least: 4 } }), ["error violation"]);
    assert.deepEqual(found({ "few-pods": { least: 4, enforcementLevel: "advisory" } }), ["warning violation"]);
    assert.deepEqual(found({ "few-pods": { least: 4 }, all: { enforcementLevel: "advisory" } }), ["warning violation"]);
    assert.deepEqual(found({ "few-pods": { least: 4, enforcementLevel: "disabled" } }), []);
  });

  it("notes what it could not judge, and takes it as an error where everything must be judged", () => {
    const found = (configuration: Configuration) =>
      judged(objects(deployment("web", "many")), configuration).findings.map(({ severity, kind, message }) => [
        severity,
        kind,
        message,
      ]);
    assert.deepEqual(found({}), [["note", "not judged", "is not a number"]]);
    assert.deepEqual(found({ "not-judged": { enforcementLevel: "mandatory" } }), [
      ["error", "not judged", "is not a number"],
    ]);
    assert.deepEqual(found({ "not-judged": { enforcementLevel: "disabled" } }), []);
  });

  it("lists exceptions, those that have ended, and those that cover nothing", () => {
    const exception = { reason: "moves to the new cluster", until: "2026-12-31" };
    const configuration = {
      "few-pods": {
        exceptions: [
          { ...exception, object: "Deployment shop/web" },
          { ...exception, object: "Rollout *" },
          { ...exception, object: "*", until: "2026-01-31" },
        ],
      },
    };
    const report = judged(
      objects(
        deployment("web", 1),
        deployment("own", 1, { "canary/except.few-pods": "until 2026-06-15: a reason that is long enough" }),
      ),
      configuration,
    );
    const text = formats.text(report, []);
    assert.match(
      text,
      /^gate\.yaml:1: error: exceptions\n {2}the exception from few-pods ended on 2026-01-31 \(moves to the new cluster\), for \*$/m,
    );
    assert.match(
      text,
      /objects\.yaml:8: note: excepted: few-pods\n(.*\n)* {2}excepted until 2026-12-31: moves to the new cluster$/m,
    );
    assert.match(text, /excepted until 2026-06-15: a reason that is long enough$/m);
    assert.match(text, /^note: the exception from few-pods for Rollout \*, until 2026-12-31, covers no object$/m);
    assert.match(summary(report), /^2 objects: 1 violation \(1 error, 0 warnings\), 0 not judged, 2 excepted$/);
  });

  it("counts what no rule judges, and what is no object", () => {
    assert.match(
      summary(judged(`${objects(deployment("web", 2), { apiVersion: "v1", kind: "Secret" })}---\njust: values\n`)),
      /^2 objects \(1 of kinds that no rule judges; 1 more that are no Kubernetes objects\): 0 violations/,
    );
  });

  it("says a thing once, however many objects it was found by", () => {
    const twice = {
      ...fewPods,
      *judge(...args: Parameters<typeof fewPods.judge>) {
        yield* fewPods.judge(...args);
        yield* fewPods.judge(...args);
      },
    };
    assert.equal(
      check([twice], readFiles([file("objects.yaml", objects(deployment("web", 1)))]), { configuration: {}, day })
        .findings.length,
      1,
    );
  });
});

describe("the check of objects whatever their fields hold", () => {
  it("reports without an exception, in every format", () => {
    const kinds = [...new Set(rules.flatMap((rule) => rule.kinds))];
    const anything = fc.jsonValue({ maxDepth: 3 });
    const metadata = fc.oneof(
      anything,
      fc.record({ name: anything, namespace: anything, annotations: anything, labels: anything }, { requiredKeys: [] }),
    );
    const object = fc.record({ kind: fc.constantFrom(...kinds), metadata, spec: anything }).map(({ kind, ...rest }) => {
      const [name, group] = kind.split("/").reverse();
      return { ...rest, kind: name, apiVersion: group === undefined ? "v1" : `${group}/v1` };
    });
    fc.assert(
      fc.property(fc.array(object, { maxLength: 3 }), (objects) => {
        const read = readFiles([file("any.yaml", objects.map((each) => dump(each)).join("---\n"))]);
        const report = check(rules, read, { configuration: {}, day });
        for (const format of Object.values(formats)) format(report, rules);
      }),
      { numRuns: 500 },
    );
  });
});

describe("the check's formats", () => {
  const annotations = { "canary/except.few-pods": 'until 2026-12-31: <because> of "this" & that' };
  const report = () =>
    judged(
      [deployment("web", 1), deployment("many", "x<&"), deployment("own", 1, annotations)]
        .map((object) => dump(object))
        .join("---\n"),
    );

  it("have SARIF with a result for each finding, at its line, and exceptions as suppressions", () => {
    const { version, runs } = JSON.parse(formats.sarif(report(), [fewPods])) as Log;
    const results = runs[0]?.results ?? [];
    assert.equal(version, "2.1.0");
    assert.deepEqual(
      runs[0]?.tool.driver.rules?.map(({ id }) => id),
      ["few-pods", "exceptions"],
    );
    assert.deepEqual(
      results.map(({ ruleId, level, suppressions }) => [ruleId, level, suppressions?.[0]?.justification]),
      [
        ["few-pods", "error", undefined],
        ["few-pods", "note", undefined],
        ["few-pods", "note", 'until 2026-12-31: <because> of "this" & that'],
      ],
    );
    assert.equal(results[0]?.locations?.[0]?.physicalLocation?.region?.startLine, 8);
    assert.equal(results[0]?.locations?.[0]?.physicalLocation?.artifactLocation?.uri, join(folder, "objects.yaml"));
  });

  it("have JUnit with a failure for each violation, and the rest skipped", () => {
    const xml = formats.junit(report(), [fewPods]);
    assert.match(
      xml,
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites><testsuite name="canary" tests="3" failures="1" errors="0" skipped="2">/,
    );
    assert.match(
      xml,
      /<testcase classname="canary\.few-pods" name="Deployment shop\/web, spec\.replicas: 1 &lt; 2" file="[^"]*objects\.yaml" line="8"><failure type="error" message="1 &lt; 2">/,
    );
    assert.match(
      xml,
      /<skipped message="excepted until 2026-12-31: &lt;because&gt; of &quot;this&quot; &amp; that"\/>/,
    );
    assert.match(
      formats.junit(judged(""), [fewPods]),
      /tests="1" failures="0" errors="0" skipped="0"><testcase classname="canary" name="0 objects: 0 violations/,
    );
  });

  it("have JSON with everything that a finding says", () => {
    const { findings } = JSON.parse(formats.json(report(), [fewPods])) as { findings: Record<string, unknown>[] };
    const { rule, severity, kind, object, field, line, mended } = findings[0] ?? {};
    assert.deepEqual(
      [findings.length, rule, severity, kind, object, field, line, mended],
      [3, "few-pods", "error", "violation", "Deployment shop/web", "spec.replicas", 8, 2],
    );
  });
});

describe("the check's configuration", () => {
  const read = (text: string) => readConfiguration(file("gate.yaml", text), [fewPods]);

  it("is the policy pack's: levels alone or in a map, limits and exceptions, in JSON or YAML", () => {
    assert.deepEqual(read('{"few-pods": "advisory", "not-judged": "mandatory"}'), {
      "few-pods": { enforcementLevel: "advisory" },
      "not-judged": { enforcementLevel: "mandatory" },
    });
    assert.deepEqual(
      read(
        'few-pods:\n  least: 3\n  exceptions:\n    - {object: "Deployment *", reason: moves to another cluster, until: 2027-01-31}\n',
      ),
      {
        "few-pods": {
          least: 3,
          exceptions: [{ object: "Deployment *", reason: "moves to another cluster", until: "2027-01-31" }],
        },
      },
    );
    assert.deepEqual(read(""), {});
  });

  const refused: readonly (readonly [string, string, RegExp])[] = [
    [
      "a rule that does not exist",
      "few-pod: advisory",
      /gate\.yaml: there is no rule few-pod; accepted: all, .*few-pods$/,
    ],
    ["a limit that does not exist", "few-pods: {most: 3}", /few-pods has no most/],
    ["a limit out of range", "few-pods: {least: 10}", /few-pods\.least = 10: a number; accepted: 0 to 9$/],
    ["a limit as text", 'few-pods: {least: "3"}', /few-pods\.least = "3": a number; accepted: 0 to 9$/],
    [
      "another level",
      "few-pods: fatal",
      /few-pods\.enforcementLevel = "fatal": accepted: mandatory, advisory, disabled$/,
    ],
    [
      "an exception without an end",
      "few-pods: {exceptions: [{object: a, reason: long enough by far}]}",
      /few-pods\.exceptions\[0\]\.until = nothing: the last day/,
    ],
    [
      "an exception until a day that no month has",
      "few-pods: {exceptions: [{object: a, reason: long enough by far, until: 2027-02-30}]}",
      /until = "2027-02-30": the last day.*accepted: such as 2027-01-31$/,
    ],
    [
      "an exception with hardly a reason",
      "few-pods: {exceptions: [{object: a, reason: because, until: 2027-02-03}]}",
      /reason = "because": accepted: at least 10 characters$/,
    ],
    ["exceptions from what is no rule", "not-judged: {exceptions: []}", /not-judged has no exceptions$/],
    ["a list", "- few-pods", /is no configuration; accepted: one map/],
  ];
  for (const [title, text, message] of refused)
    it(`refuses ${title}`, () => assert.throws(() => read(text), { message }));
});

describe("npm run check", function () {
  this.timeout(60_000);
  const run = (args: readonly string[], input = "") => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "policies", "check.mjs"), ...args], {
      cwd: folder,
      input,
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  };
  const bad = dump({
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Rollout",
    metadata: { name: "web" },
    spec: { strategy: { canary: { steps: [{ setWeight: 50 }] } } },
  });
  const fine = dump({ apiVersion: "v1", kind: "Service", metadata: { name: "web" }, spec: { ports: [{ port: 80 }] } });
  const notJudged = dump({
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Rollout",
    metadata: { name: "web" },
    spec: { strategy: { canary: "no map" } },
  });
  const otherKind = dump({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web" } });
  const emptyFolder = () => {
    const path = join(folder, "empty");
    mkdirSync(path, { recursive: true });
    return path;
  };
  const advisory = () => file("advisory.yaml", "all: advisory\n");
  const strictly = () =>
    file(
      "strict.yaml",
      `all: advisory\n${rules
        .map(({ name }) => name)
        .filter((name) => name !== "first-weight")
        .map((name) => `${name}: disabled\n`)
        .join("")}`,
    );

  const table: readonly (readonly [string, () => readonly string[], string, number, RegExp])[] = [
    ["nothing wrong", () => ["-"], fine, 0, /^1 object.*: 0 violations/],
    ["an error", () => ["-"], bad, 1, /^standard input:\d+: error: first-weight$/m],
    [
      "an error that is configured to be a warning",
      () => ["--config", advisory(), "-"],
      bad,
      0,
      /: warning: first-weight$/m,
    ],
    [
      "a warning, where it counts",
      () => ["--severity", "warning", "--config", advisory(), "-"],
      bad,
      1,
      /: warning: first-weight$/m,
    ],
    ["what was not judged", () => ["--config", strictly(), "-"], notJudged, 0, /note: not judged: first-weight$/m],
    [
      "what was not judged, where everything must be",
      () => ["--strict", "--config", strictly(), "-"],
      notJudged,
      1,
      /error: not judged: first-weight$/m,
    ],
    [
      "nothing in standard input",
      () => ["-"],
      "",
      2,
      /^nothing to judge: nothing was read; accepted: .*--allow-empty$/m,
    ],
    ["a folder without YAML", () => [emptyFolder()], "", 2, /^nothing to judge: nothing was read/],
    ["an empty file", () => [file("empty.yaml", "")], "", 2, /^nothing to judge: nothing was read/],
    ["what is no object", () => ["-"], "just: values\n", 2, /^nothing to judge: what was read is no Kubernetes object/],
    ["a List of nothing", () => ["-"], "{apiVersion: v1, kind: List, items: []}", 2, /^nothing to judge: /],
    ["a state without objects", () => ["--state", "-"], '{"deployment": {"resources": []}}', 2, /^nothing to judge: /],
    ["nothing, where that may be", () => ["--allow-empty", "-"], "", 0, /^0 objects: 0 violations/],
    ["objects of which no rule has anything to say", () => ["-"], otherKind, 0, /^1 object \(1 of kinds that no rule/],
    [
      "a time that is none",
      () => ["--time-limit", "0", "-"],
      fine,
      2,
      /'--time-limit <seconds>' argument '0' is invalid\. Accepted: whole seconds from 1 to 3600/,
    ],
    ["SARIF", () => ["--format", "sarif", "-"], bad, 1, /"version": "2\.1\.0"/],
    ["YAML that is none", () => ["-"], "a: b: c", 2, /^standard input:1: bad indentation of a mapping entry$/m],
    ["a file that is not there", () => ["missing.yaml"], "", 2, /^missing\.yaml: there is no such file or folder/],
    [
      "a rule that the configuration makes up",
      () => ["--config", file("wrong.yaml", "first-wait: advisory\n"), "-"],
      fine,
      2,
      /there is no rule first-wait; accepted: .*first-weight/,
    ],
    ["an option that does not exist", () => ["--fast", "-"], fine, 2, /unknown option '--fast'/],
    [
      "a format that does not exist",
      () => ["--format", "html", "-"],
      fine,
      2,
      /Allowed choices are text, json, sarif, junit/,
    ],
    ["nothing to check", () => [], "", 2, /nothing to check; accepted: files, folders/],
  ];
  for (const [title, args, input, code, matches] of table) {
    it(`ends with ${code} for ${title}`, () => {
      const { status, stdout, stderr } = run(args(), input);
      assert.equal(status, code, stdout + stderr);
      assert.match(code === 2 ? stderr : stdout, matches);
    });
  }

  it("writes a report in every format also where it judged nothing, which no reader takes for a pass", () => {
    const report = (format: string) => {
      const { status, stdout, stderr } = run(["--format", format, "-", "missing.yaml"], "");
      assert.equal(status, 2);
      assert.match(stderr, /^missing\.yaml: there is no such file or folder/);
      return stdout;
    };
    assert.equal(report("text"), "");
    const { problems, findings } = JSON.parse(report("json")) as { problems: string[]; findings: unknown[] };
    assert.deepEqual([problems.length, findings], [1, []]);
    const invocation = (JSON.parse(report("sarif")) as Log).runs[0]?.invocations?.[0];
    assert.equal(invocation?.executionSuccessful, false);
    assert.match(invocation.toolExecutionNotifications?.[0]?.message.text ?? "", /^missing\.yaml: there is no such/);
    assert.match(
      report("junit"),
      /tests="1" failures="0" errors="1" skipped="0"><testcase classname="canary" name="nothing was judged: 1 problem"><error message="missing\.yaml: /,
    );
  });
});

describe("the rules' pages", () => {
  it("show limits, and examples where the rule has them", () => {
    assert.match(
      pages([fewPods]).get("few-pods.md") ?? "",
      /^\| `least` \| 2 \| 0 to 9 \| Least number of pods\. \|$/m,
    );
    assert.match(
      pages().get("replicas.md") ?? "",
      /## Unsafe\n\n```yaml\n[^`]*replicas: 1\n```\n\n## The nearest that is safe\n\n```yaml\n[^`]*replicas: 2\n```/,
    );
  });
});
