// npm run pack: compiles the policy pack and the check, with what they need of ours, into policies/dist: a folder that
// can be published as a package. Each file is written aside and renamed, so that nobody ever loads a part of one.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const policies = dirname(fileURLToPath(import.meta.url));
const dist = join(policies, "dist");
const packages = ["@pulumi/policy", "@pulumi/pulumi"];
const common = { bundle: true, write: false, platform: "node", target: "node22", logLevel: "warning" };

/** What Node compiles is kept for the next start. */
const keepCompiled = 'require("node:module").enableCompileCache?.();';

/** Starts the check; what cannot be loaded is nothing that passes. */
const starter = `#!/usr/bin/env node
${keepCompiled}
let main;
try {
  main = require("./main.js").main;
} catch {}
if (typeof main === "function") main();
else {
  console.error("the compiled check beside " + __filename + " is not whole; accepted: compile it anew (npm run pack)");
  process.exitCode = 2;
}
`;

/** The parts of the check: what the command line starts, and the thread that judges. */
const parts = ["main", "thread"];

/** Compiles the check, unless it is there as it would be compiled now. Returns the file that starts it. */
export async function compileCheck() {
  const [file, record, ...compiled] = ["check.js", "check.inputs.json", ...parts.map((part) => `${part}.js`)].map(
    (name) => join(dist, name),
  );
  if (!isUpToDate(compiled, record) || textOf(file) !== starter) {
    const made = await Promise.all(
      parts.map((part) =>
        bundle(`check/${part}.ts`, { minifyWhitespace: true, minifySyntax: true, banner: { js: keepCompiled } }),
      ),
    );
    for (const [index, { code }] of made.entries()) write(compiled[index], code);
    write(file, starter);
    const inputs = [...new Set(made.flatMap(({ inputs }) => inputs))];
    const code = hashOf(made.map(({ code }) => code).join("\0"));
    write(record, JSON.stringify({ inputs, made: fingerprint(inputs), code }));
  }
  return file;
}

/** Whether the code is whole, and made of just what there is now. */
function isUpToDate(compiled, record) {
  try {
    const { inputs, made, code } = JSON.parse(textOf(record));
    return code === hashOf(compiled.map(textOf).join("\0")) && made === fingerprint(inputs);
  } catch {
    return false;
  }
}

const textOf = (file) => {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return "";
    throw error;
  }
};
const hashOf = (text) => createHash("sha256").update(text).digest("hex");

/** Of the files that something was compiled from, by name and content, and of how it is compiled. */
function fingerprint(inputs) {
  const all = [fileURLToPath(import.meta.url), ...inputs.map((input) => join(policies, input))];
  return hashOf(all.map((file) => `${file} ${hashOf(textOf(file))}`).join("\n"));
}

async function bundle(entry, options) {
  const { build } = await import("esbuild");
  const made = await build({ ...common, absWorkingDir: policies, metafile: true, ...options, entryPoints: [entry] });
  return { code: made.outputFiles[0].text, inputs: Object.keys(made.metafile.inputs) };
}

function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  const aside = `${file}.${process.pid}`;
  try {
    writeFileSync(aside, text);
    renameSync(aside, file);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

/** Compiles everything. What Pulumi's packages are, stays to be installed beside it. */
async function compileAll() {
  const { code } = await bundle("index.ts", { external: packages, banner: { js: keepCompiled } });
  write(join(dist, "index.js"), code);
  await compileCheck();
  const { dependencies, ...manifest } = JSON.parse(textOf(join(policies, "package.json")));
  const { name, version, description } = manifest;
  const published = {
    name,
    version,
    description,
    main: "index.js",
    bin: { "canary-check": "check.js" },
    files: ["index.js", "check.js", ...parts.map((part) => `${part}.js`), "PulumiPolicy.yaml"],
    dependencies: Object.fromEntries(Object.entries(dependencies).filter(([each]) => packages.includes(each))),
  };
  write(join(dist, "package.json"), `${JSON.stringify(published, undefined, 2)}\n`);
  const runtime = "runtime:\n  name: nodejs\n  options:\n    typescript: false\n";
  const project = textOf(join(policies, "PulumiPolicy.yaml")).replace("runtime: nodejs\n", runtime);
  write(join(dist, "PulumiPolicy.yaml"), project);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await compileAll();
