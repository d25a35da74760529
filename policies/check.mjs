// npm run check: the gate's rules on YAML or on an exported Pulumi state; compiled where that is not up to date.
import module from "node:module";
import { compileCheck } from "./compile.mjs";

module.enableCompileCache?.();
module.createRequire(import.meta.url)(await compileCheck());
