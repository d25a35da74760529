// node --import ./scripts/typescript.mjs: runs TypeScript. Each file is compiled when it is loaded; types are checked by
// `npm run lint` alone.
import { readFileSync } from "node:fs";
import Module, { createRequire } from "node:module";

// What Node makes of the compiled files is kept for the next start.
Module.enableCompileCache?.();

const require = createRequire(import.meta.url);
const { transformSync } = require("esbuild");
// The copy with which Pulumi maps the lines of stack traces.
const { install } = createRequire(require.resolve("@pulumi/pulumi"))("source-map-support");

const compiled = new Map();
// No other file is mapped: what Pulumi's own maps make of its lines, Node takes half a minute to colour.
install({ retrieveFile: (file) => compiled.get(file), overrideRetrieveFile: true });

Module._extensions[".ts"] = (module, file) => {
  const options = { loader: "ts", format: "cjs", target: "node22", sourcemap: "inline", sourcefile: file };
  const { code } = transformSync(readFileSync(file, "utf8"), options);
  compiled.set(file, code);
  module._compile(code, file);
};
