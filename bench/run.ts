// npm run bench: everything, against what a user would pick instead; with names, these alone. A first start takes as
// long as all of that and fills a disk, so it is measured alone, when it is asked for: npm run bench -- cold.
import { join } from "node:path";
import { enterNamespace } from "../sandbox/host/namespace";
import { prepare } from "../sandbox/toolchain/prepare";
import { benchCold } from "./cold";
import { installKubeScore } from "./kubeScore";

async function main(names: readonly string[]): Promise<number> {
  if (names.join() === "cold") return (await benchCold()) ? 0 : 1;
  await prepare(["flagger"]);
  installKubeScore();
  return enterNamespace(["ts-node", "-T", join(__dirname, "main.ts"), ...names]).exitCode;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
