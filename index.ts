import * as pulumi from "@pulumi/pulumi";
import { CanaryRelease } from "./components";
import { stackRelease } from "./settings";

/** The program: one release from the stack's configuration. The CLI calls it once, an inline run as often as it deploys. */
export = function program() {
  const args = stackRelease();
  const release = new CanaryRelease(args.application, args);
  void pulumi.log.info(["release plan", ...release.plan].join("\n"), release);
  return { url: release.url, objects: release.names, plan: release.plan, report: release.report };
};
