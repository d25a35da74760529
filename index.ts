import * as pulumi from "@pulumi/pulumi";
import { CanaryRelease, IngressNginx } from "./components";
import { RefusedRelease } from "./release/settings/refusal";
import { releaseSettings, type ReleaseArgs } from "./release/settings";
import { installsIngressNginx, stackRelease } from "./stack";
import { refusalOfAborted } from "./verdict/aborted";

/**
 * The program: one release from the stack's configuration. The CLI calls it once, an inline run as often as it deploys.
 */
export = async function program() {
  try {
    const args = stackRelease();
    await refuseAborted(args);
    const dependsOn = installsIngressNginx()
      ? [new IngressNginx("ingress-nginx", args.ingressClass === undefined ? {} : { ingressClass: args.ingressClass })]
      : [];
    const release = new CanaryRelease(args.application, args, { dependsOn });
    void pulumi.log.info(["release plan", ...release.plan].join("\n"), release);
    return {
      url: release.url,
      objects: release.names,
      plan: release.plan,
      readme: release.readme,
      report: release.report,
    };
  } catch (error) {
    throw error instanceof RefusedRelease ? new pulumi.RunError(error.message) : error;
  }
};

/**
 * After an abort the cluster runs another version than the stack names: says so, and does not try the same again
 * untold.
 */
async function refuseAborted(args: ReleaseArgs): Promise<void> {
  const cluster = new pulumi.Config("kubernetes");
  const env = {
    ...process.env,
    AWAITED_KUBECONFIG: cluster.get("kubeconfig"),
    AWAITED_CONTEXT: cluster.get("context"),
  };
  const refusal = await refusalOfAborted(releaseSettings(args), env).catch((error: Error) => {
    void pulumi.log.warn(`Whether the cluster aborted this release before could not be asked: ${error.message}`);
    return undefined;
  });
  if (refusal !== undefined) throw new RefusedRelease([refusal], `${pulumi.getProject()}:`);
}
