import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { flagsWithout, type Edit, type LeftOut } from "../../../../sandbox/toolchain/leftOut";
import { prometheusLeftOut, pulumiLeftOut, rolloutsLeftOut, traefikLeftOut } from "../../../../sandbox/toolchain/parts";

describe("what a tool is compiled without", () => {
  const source =
    'package a\n\nimport (\n\t"fmt"\n\t_ "example.com/heavy" // a driver\n)\n\nfunc A() { fmt.Println() }\n';
  let root: string;
  let module: string;
  let main: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "canary-left-out-"));
    [module, main] = [join(root, "cache", "a@v1.0.0"), join(root, "main")];
    mkdirSync(join(module, "inside", "testdata"), { recursive: true });
    mkdirSync(main);
    writeFileSync(join(module, "go.mod"), "module example.com/a\n");
    writeFileSync(join(module, "inside", "a.go"), source);
    writeFileSync(join(module, "inside", "a_test.go"), "package a\n");
    writeFileSync(join(main, "go.mod"), "module main\n\nrequire example.com/a v1.0.0\n");
    writeFileSync(join(main, "go.sum"), "sums\n");
    chmodSync(join(module, "inside", "a.go"), 0o444);
    chmodSync(join(module, "inside"), 0o555);
  });
  afterEach(() => {
    chmodSync(join(module, "inside"), 0o755);
    rmSync(root, { recursive: true });
  });

  const part = (files: LeftOut["files"]): LeftOut => ({ what: "a driver", module: "example.com/a", files });
  const driver: Edit = [/^\t_ "example\.com\/heavy".*\n/m, ""];
  const flags = (...parts: LeftOut[]) => flagsWithout(parts, main, join(root, "copies"), async () => module);
  const copyOf = ([flag = ""]: readonly string[]) => {
    const pins = readFileSync(flag.replace("-modfile=", ""), "utf8");
    return /^replace example\.com\/a => (.*)$/m.exec(pins)?.[1] ?? "";
  };

  it("is nothing unless it is said", async () => assert.deepEqual(await flags(), []));

  it("is taken out of a copy, which Go compiles in place of the module", async () => {
    const made = await flags(part({ "inside/a.go": [driver] }));
    const text = readFileSync(join(copyOf(made), "inside", "a.go"), "utf8");
    assert.equal(text, source.replace(/.*heavy.*\n/, ""));
    assert.equal(readFileSync(join(module, "inside", "a.go"), "utf8"), source);
    assert.throws(() => readFileSync(join(copyOf(made), "inside", "a_test.go")), /ENOENT/);
    assert.equal(readFileSync((made[0] ?? "").replace("-modfile=", "").replace(/mod$/, "sum"), "utf8"), "sums\n");
  });

  it("may be a whole file, changed or gone", async () => {
    const changed = await flags(part({ "inside/a.go": "package a\n" }));
    assert.equal(readFileSync(join(copyOf(changed), "inside", "a.go"), "utf8"), "package a\n");
    const gone = await flags(part({ "inside/a.go": "gone" }));
    assert.throws(() => readFileSync(join(copyOf(gone), "inside", "a.go")), /ENOENT/);
  });

  it("has a copy of its own for each way", async () => {
    const ways = [part({ "inside/a.go": [driver] }), part({ "inside/a.go": [[/fmt\.Println/, "print"]] })];
    const copies = await Promise.all(ways.map(async (way) => copyOf(await flags(way))));
    assert.notEqual(copies[0], copies[1]);
  });

  it("is refused where the file has no such place, or two", async () => {
    for (const [found, times] of [
      [/example\.com\/other/, 0],
      [/fmt/, 2],
    ] as const)
      await assert.rejects(
        flags(part({ "inside/a.go": [[found, ""]] })),
        new RegExp(`inside/a.go has ${times} places like .*, and 1 is accepted`),
      );
  });

  it("says in each stub where it comes from", () => {
    const parts = [...traefikLeftOut, ...rolloutsLeftOut, ...prometheusLeftOut, ...pulumiLeftOut];
    const stubs = parts.flatMap(({ files }) => Object.values(files).filter((file) => `${file}`.startsWith("// ")));
    assert.equal(stubs.length, 7);
    for (const stub of stubs) assert.match(`${stub}`, /^\/\/ .* see sandbox\/toolchain\/parts\.ts/);
  });
});
