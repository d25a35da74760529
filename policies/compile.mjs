// npm run pack: compiles the policy pack and the check, with what they need of ours, into policies/dist: a folder that
// can be published as a package.
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const policies = dirname(fileURLToPath(import.meta.url));
const dist = join(policies, "dist");
const packages = ["@pulumi/policy", "@pulumi/pulumi"];
const common = { bundle: true, platform: "node", target: "node22", logLevel: "warning", absWorkingDir: policies };

/** What Node compiles is kept for the next start. */
const keepCompiled = 'require("node:module").enableCompileCache?.();';
const starter = `#!/usr/bin/env node\n${keepCompiled}\nrequire("./main.js");\n`;

/** Compiles the check, unless nothing that it was compiled from is newer. Returns the file that starts it. */
export async function compileCheck() {
  const [file, started, inputs] = ["check.js", "main.js", "check.inputs.json"].map((name) => join(dist, name));
  if (isOlder(started, inputs)) {
    const { build } = await import("esbuild");
    const { metafile } = await build({
      ...common,
      minifyWhitespace: true,
      minifySyntax: true,
      metafile: true,
      entryPoints: ["check/main.ts"],
      outfile: started,
    });
    writeFileSync(file, starter);
    writeFileSync(inputs, JSON.stringify(Object.keys(metafile.inputs)));
  }
  return file;
}

function isOlder(file, inputs) {
  try {
    const compiled = statSync(file).mtimeMs;
    return JSON.parse(readFileSync(inputs, "utf8")).some((input) => statSync(join(policies, input)).mtimeMs > compiled);
  } catch (error) {
    if (error.code === "ENOENT") return true;
    throw error;
  }
}

/** Compiles everything anew. What Pulumi's packages are, stays to be installed beside it. */
async function compileAll() {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  const { build } = await import("esbuild");
  await build({
    ...common,
    entryPoints: ["index.ts"],
    outfile: join(dist, "index.js"),
    external: packages,
    banner: { js: keepCompiled },
  });
  await compileCheck();
  const { name, version, description, dependencies } = JSON.parse(readFileSync(join(policies, "package.json"), "utf8"));
  const kept = Object.fromEntries(Object.entries(dependencies).filter(([each]) => packages.includes(each)));
  const manifest = {
    name,
    version,
    description,
    main: "index.js",
    bin: { "canary-check": "check.js" },
    files: ["index.js", "check.js", "main.js", "PulumiPolicy.yaml"],
    dependencies: kept,
  };
  writeFileSync(join(dist, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
  const runtime = "runtime:\n  name: nodejs\n  options:\n    typescript: false\n";
  writeFileSync(
    join(dist, "PulumiPolicy.yaml"),
    readFileSync(join(policies, "PulumiPolicy.yaml"), "utf8").replace("runtime: nodejs\n", runtime),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await compileAll();
