import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { flagsWithout, type LeftOut } from "../../../../sandbox/toolchain/leftOut";

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

  const part = (without: LeftOut["without"]): LeftOut => ({
    what: "a driver",
    module: "example.com/a",
    file: "inside/a.go",
    without,
  });
  const flags = (...parts: LeftOut[]) => flagsWithout(parts, main, join(root, "copies"), async () => module);
  const copyOf = ([flag = ""]: readonly string[]) => {
    const pins = readFileSync(flag.replace("-modfile=", ""), "utf8");
    return /^replace example\.com\/a => (.*)$/m.exec(pins)?.[1] ?? "";
  };

  it("is nothing unless it is said", async () => assert.deepEqual(await flags(), []));

  it("is taken out of a copy, which Go compiles in place of the module", async () => {
    const made = await flags(part(["example.com/heavy"]));
    const text = readFileSync(join(copyOf(made), "inside", "a.go"), "utf8");
    assert.equal(text, source.replace(/.*heavy.*\n/, ""));
    assert.equal(readFileSync(join(module, "inside", "a.go"), "utf8"), source);
    assert.throws(() => readFileSync(join(copyOf(made), "inside", "a_test.go")), /ENOENT/);
    assert.equal(readFileSync((made[0] ?? "").replace("-modfile=", "").replace(/mod$/, "sum"), "utf8"), "sums\n");
  });

  it("may be a whole file", async () => {
    const made = await flags(part("package a\n"));
    assert.equal(readFileSync(join(copyOf(made), "inside", "a.go"), "utf8"), "package a\n");
  });

  it("has a copy of its own for each way", async () => {
    const copies = [copyOf(await flags(part("package a\n"))), copyOf(await flags(part(["example.com/heavy"])))];
    assert.notEqual(copies[0], copies[1]);
  });

  it("is refused where the file does not import it for its effect alone", async () => {
    for (const path of ["fmt", "example.com/other"])
      await assert.rejects(flags(part([path])), new RegExp(`inside/a.go does not import ${path} for its effect alone`));
  });
});
