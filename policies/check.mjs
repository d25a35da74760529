// npm run check: the gate's rules on YAML or on an exported Pulumi state; compiled where that is not up to date.
import { createRequire } from "node:module";
import { compileCheck } from "./compile.mjs";

try {
  createRequire(import.meta.url)(await compileCheck());
} catch (error) {
  console.error(`the check could not be compiled: ${error.message}`);
  process.exitCode = 2;
}
