import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** The command by which the engine runs policy packs in Node. */
const command = "pulumi-analyzer-policy-nodejs";

/**
 * Lets the engine run policy packs where Pulumi's own command for it is missing: puts one at the end of the PATH, so
 * that an official one comes first. Returns what takes it away again.
 */
export function providePolicyRunner(): () => void {
  const directory = mkdtempSync(join(tmpdir(), "canary-policies-"));
  const runner = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
  const file = join(directory, command);
  writeFileSync(file, `#!/bin/sh\nexec "${process.execPath}" "${runner}" "$@"\n`);
  chmodSync(file, 0o755);
  const { PATH, PULUMI_NODEJS_TRANSPILE_ONLY } = process.env;
  process.env["PATH"] = [PATH, directory].join(delimiter);
  process.env["PULUMI_NODEJS_TRANSPILE_ONLY"] = "true";
  return () => {
    process.env["PATH"] = PATH;
    if (PULUMI_NODEJS_TRANSPILE_ONLY === undefined) delete process.env["PULUMI_NODEJS_TRANSPILE_ONLY"];
    rmSync(directory, { recursive: true, force: true });
  };
}
