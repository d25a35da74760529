// npm run check: the gate's rules on YAML or on an exported Pulumi state; compiled where that is not up to date.
import { createRequire } from "node:module";
import { compileCheck } from "./compile.mjs";

createRequire(import.meta.url)(await compileCheck());
