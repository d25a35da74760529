import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { runByPulumi } from "../../bench/languageHost";

const repository = join(__dirname, "..", "..");
const linked = (folder: string, names: readonly string[]) => {
  for (const name of names) symlinkSync(join(repository, name), join(folder, name));
};

describe("the program, as Pulumi's language host runs it", function () {
  this.timeout(120_000);
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "canary-index-"));
    linked(
      folder,
      readdirSync(repository).filter((name) => name !== "dist" && name !== ".git"),
    );
  });
  after(() => rmSync(folder, { recursive: true }));

  const run = (env: NodeJS.ProcessEnv = {}, more: object = {}) => {
    const release = { application: "shop", image: "registry.example.com/shop:1.0.0", host: "shop.example.com" };
    const config = Object.entries({ ...release, ...more }).map(([key, value]) => [`canary:${key}`, value]);
    // No cluster is asked.
    return runByPulumi(folder, { config: Object.fromEntries(config), env: { KUBECONFIG: "/dev/null", ...env } });
  };

  it("declares the release, whether the package was built or not", async () => {
    const { declared, errors } = await run();
    assert.deepEqual(errors, []);
    assert.ok(declared.includes("kubernetes:argoproj.io/v1alpha1:Rollout"), declared.join(", "));
    const built = join(folder, "dist", "components");
    mkdirSync(built, { recursive: true });
    writeFileSync(join(built, "index.js"), "");
    const again = await run();
    assert.deepEqual([again.declared, again.errors], [declared, []]);
  });

  for (const config of [
    { wait: "true" },
    { controller: "flagger" },
    { controller: "pulumi" },
    { controller: "pulumi", step: "1", stableImage: "registry.example.com/shop:0.9.0" },
    { installIngressNginx: "true" },
  ]) {
    it(`warns of nothing but the cluster that is not there: ${JSON.stringify(config)}`, async () => {
      const { errors, warnings } = await run({}, config);
      assert.deepEqual(errors, []);
      const others = warnings.filter((warning) => !warning.startsWith("Whether the cluster aborted this release"));
      assert.deepEqual(others, []);
    });
  }

  it("ends at once where the release is refused", async () => {
    const started = performance.now();
    const { declared, errors } = await run({}, { replicas: "0" });
    assert.deepEqual(declared, ["pulumi:pulumi:Stack"]);
    assert.match(errors.join("\n"), /^this release is refused:\n {2}- canary:replicas = 0: /);
    assert.ok(performance.now() - started < 15_000);
  });

  it("refuses a Node that is too old before anything that one cannot load", async () => {
    const preload = join(folder, "older.cjs");
    writeFileSync(preload, 'Object.defineProperty(process.versions, "node", { value: "20.20.2" });');
    const { declared, errors } = await run({ NODE_OPTIONS: `--require ${preload}` });
    assert.deepEqual(declared, ["pulumi:pulumi:Stack"]);
    assert.match(errors.join("\n"), /Node 20\.20\.2 is too old for this program; accepted: 22\.19 or later/);
  });
});

describe("a program in TypeScript, compiled as it is loaded", function () {
  this.timeout(120_000);
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "canary-typescript-"));
    linked(folder, ["Pulumi.yaml", "package.json", "node_modules", "scripts"]);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("fails with the file, the line and the column of what was written", async () => {
    writeFileSync(
      join(folder, "thrower.ts"),
      `interface Gone {
  readonly inTheCompiledFile: false;
}

export function fail(_: Gone): never {
  const what: string = "as written";
  throw new Error(what);
}
`,
    );
    writeFileSync(
      join(folder, "index.ts"),
      `import { fail } from "./thrower";\n\nexport const never = fail({ inTheCompiledFile: false });\n`,
    );
    const { errors } = await runByPulumi(folder);
    const said = stripVTControlCharacters(errors.join("\n"));
    assert.match(said, /Error: as written\n.*[/]thrower\.ts:7:9\)\n.*[/]index\.ts:3:22\)/);
  });

  it("says where it is not TypeScript", async () => {
    writeFileSync(join(folder, "index.ts"), "export const one = 1;\nexport const = 2;\n");
    const { errors } = await runByPulumi(folder);
    assert.match(errors.join("\n"), /[/]index\.ts:2:13: ERROR: Expected identifier but found "="/);
  });
});
