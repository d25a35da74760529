// What the check does with what it cannot read, with readers that go away, and with what takes long.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const check = join(__dirname, "..", "..", "..", "..", "policies", "check.mjs");
const folder = mkdtempSync(join(tmpdir(), "canary-check-"));
after(() => rmSync(folder, { recursive: true }));

const service = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n";

const service0 = "{apiVersion: v1, kind: Service}";

describe("what the check cannot read", function () {
  this.timeout(60_000);
  const put = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(folder, name), content);
    return name;
  };
  const link = (name: string, to: string) => {
    symlinkSync(to, join(folder, name));
    return name;
  };
  const directory = (name: string) => {
    mkdirSync(join(folder, name));
    return name;
  };
  const metric = (query: string) =>
    JSON.stringify({
      apiVersion: "argoproj.io/v1alpha1",
      kind: "AnalysisTemplate",
      metadata: { name: "web" },
      spec: { metrics: [{ name: "a", successCondition: "result[0] < 1", provider: { prometheus: { query } } }] },
    });

  const table: readonly (readonly [string, () => readonly string[], RegExp])[] = [
    [
      "a folder as a state",
      () => ["--state", directory("state")],
      /^state: cannot be read: it is a folder; accepted: a/,
    ],
    [
      "a folder as a configuration",
      () => ["--config", ".", "-"],
      /^\.: cannot be read: it is a folder; accepted: a file$/m,
    ],
    ["a link to itself", () => [link("loop.yaml", "loop.yaml")], /^loop\.yaml: cannot be read: ELOOP/],
    ["a name with a line of its own", () => ["a\n::error::b.yaml"], /^a\\n::error::b\.yaml: there is no such file/],
    ["a name that is too long", () => [`${"a".repeat(300)}.yaml`], /^a+\.yaml: cannot be read: ENAMETOOLONG/],
    [
      "bytes that are no text",
      () => [put("a.yaml", Uint8Array.of(0x61, 0xff, 0x3a))],
      /^a\.yaml: is no text in UTF-8$/m,
    ],
    ["an archive", () => [put("b.yaml", Uint8Array.of(0x1f, 0x8b, 8, 0, 0))], /^b\.yaml: is no text in UTF-8$/m],
    ["zeros", () => [put("c.yaml", new Uint8Array(100))], /^c\.yaml:1: /],
    [
      "UTF-16",
      () => [put("d.yaml", Buffer.from(`\ufeff${service}`, "utf16le"))],
      /^d\.yaml: is UTF-16; accepted: UTF-8$/m,
    ],
    ["a device without an end", () => ["/dev/zero"], /^\/dev\/zero: is larger than 20 MB; accepted: less at once/],
    [
      "lists in lists that aliases multiply",
      () => {
        const list = (inner: string) => `{apiVersion: v1, kind: List, items: [${inner}]}`;
        const aliases = (level: number) => Array.from({ length: 9 }, () => `*l${level}`).join(", ");
        const levels = Array.from(
          { length: 9 },
          (_, level) => `l${level}: &l${level} ${list(level ? aliases(level - 1) : service0)}`,
        );
        return [put("g.yaml", `apiVersion: v1\nkind: List\n${levels.join("\n")}\nitems: [*l8]\n`)];
      },
      /^g\.yaml:\d+: is a list in more than 2 others; accepted: one list of objects$/m,
    ],
    ["depth without end", () => [put("e.json", "[".repeat(1_000_000))], /^e\.json:1: nesting exceeded/],
    [
      "maps without end",
      () => [put("f.yaml", "a:\n ".repeat(1) + "{a: ".repeat(100_000))],
      /^f\.yaml:2: nesting exceeded/,
    ],
  ];
  for (const [title, args, message] of table) {
    it(`ends with 2 and a sentence for ${title}`, () => {
      const { status, stderr } = spawnSync(process.execPath, [check, ...args()], { cwd: folder, encoding: "utf8" });
      assert.equal(status, 2, stderr);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /\n {4}at /);
    });
  }

  for (const [title, query] of [
    ["parentheses", `${"(".repeat(9000)}a${")".repeat(9000)}`],
    ["signs", `${"-".repeat(19_000)}a`],
    ["operators", Array.from({ length: 9000 }, () => "a").join("+")],
    ["brackets that stay open", "a[".repeat(9000)],
    ["calls", `${"abs(".repeat(4000)}a${")".repeat(4000)}`],
  ] as const) {
    it(`says of a query with thousands of ${title} that it is not judged`, () => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [check, "-"], {
        input: metric(query),
        encoding: "utf8",
      });
      assert.notEqual(status, 2, stderr);
      assert.match(stdout, /not judged|is no PromQL|is not PromQL|error: canary-query/);
    });
  }

  it("reads a pipe that is named as a file, and what a byte order mark begins", () => {
    const { status, stdout } = spawnSync(
      "bash",
      ["-c", `"${process.execPath}" "${check}" <(sleep 0.2; printf '\\xef\\xbb\\xbf%s' "$TEXT")`],
      {
        env: { ...process.env, TEXT: service },
        encoding: "utf8",
      },
    );
    assert.equal(status, 0);
    assert.match(stdout, /^1 object/);
  });
});

describe("the check's output", function () {
  this.timeout(60_000);
  const unsafe = join(check, "..", "rules", "weights", "first-weight.yaml");

  it("ends with the verdict when its reader has gone", async () => {
    const child = spawn(process.execPath, [check, unsafe], { stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();
    let said = "";
    child.stderr.on("data", (chunk) => (said += String(chunk)));
    const [code] = (await once(child, "close")) as [number];
    assert.deepEqual([code, said], [1, ""]);
  });

  it("ends with 2 and a sentence where the device is full", () => {
    const full = openSync("/dev/full", "w");
    const { status, stderr } = spawnSync(process.execPath, [check, unsafe], {
      stdio: ["ignore", full, "pipe"],
      encoding: "utf8",
    });
    closeSync(full);
    assert.equal(status, 2);
    assert.match(stderr, /^standard output: the report cannot be written: ENOSPC.*\n$/);
  });
});

describe("the check's time", function () {
  this.timeout(60_000);

  it("is limited while it waits for its input, and says so in the report", async () => {
    const args = [check, "--time-limit", "1", "--format", "json", "-"];
    const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "pipe"] });
    let [output, said] = ["", ""];
    child.stdout.on("data", (chunk) => (output += String(chunk)));
    child.stderr.on("data", (chunk) => (said += String(chunk)));
    const [code] = (await once(child, "close")) as [number];
    assert.equal(code, 2);
    assert.match(said, /^the check took longer than 1 s, and was ended while it read standard input; accepted: less/);
    assert.equal((JSON.parse(output) as { problems: string[] }).problems.length, 1);
  });

  it("is limited while it reads a file that never ends", () => {
    const { status, stderr } = spawnSync("bash", ["-c", `"${process.execPath}" "${check}" --time-limit 1 <(sleep 3)`], {
      encoding: "utf8",
    });
    assert.equal(status, 2);
    assert.match(stderr, /^the check took longer than 1 s, and was ended while it read \/dev\/fd\/\d+; accepted: less/);
  });
});
