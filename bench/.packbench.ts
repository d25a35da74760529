import { startProgramEngine } from "/work/main/test/support/programEngine";
import { serveProviders } from "/work/main/sandbox/provider";
import { toolchain } from "/work/main/sandbox/toolchain/toolchain";
import { packTimes, packStart } from "/work/main/bench/preview";
import { writeFileSync, mkdtempSync } from "node:fs";
(async () => {
  const engine = await startProgramEngine();
  const { pulumi } = await toolchain(["pulumi"] as never);
  const dir = mkdtempSync("/tmp/speed/pb-");
  const kubeconfig = dir + "/kubeconfig"; writeFileSync(kubeconfig, engine.api.kubeconfig);
  const providers = await serveProviders({ kubeconfig: engine.api.kubeconfig });
  for (const n of process.argv.slice(2).map(Number)) console.log(JSON.stringify(await (n === 1 ? (_: number, e: never) => packStart(e) : packTimes)(n, { directory: dir, pulumi, kubeconfig, debugProviders: providers.debugProviders } as never)));
  await providers.close(); await engine.stop(); process.exit(0);
})().catch((e) => { console.error(e); process.exit(1); });
