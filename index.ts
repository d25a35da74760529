import "./components/nodeVersion";
import * as pulumi from "@pulumi/pulumi";
import { CanaryRelease, IngressNginx } from "./components";
import type { DescribedRelease } from "./manifests/describe";
import { printable } from "./release/printable";
import { RefusedRelease } from "./release/settings/refusal";
import { installsIngressNginx, stackRelease } from "./stack";
import { refusalOfAborted } from "./verdict/aborted";
import { CannotAsk } from "./verdict/apiErrors";

/**
 * The program: one release from the stack's configuration. The CLI calls it once, an inline run as often as it deploys.
 */
export = async function program() {
  try {
    const described = stackRelease();
    await refuseAborted(described);
    const { application, ingressClass } = described.settings;
    const dependsOn = installsIngressNginx() ? [new IngressNginx("ingress-nginx", { ingressClass })] : [];
    const release = new CanaryRelease(application, described, { dependsOn });
    void pulumi.log.info(["release plan", ...release.plan].join("\n"), release);
    return {
      url: release.url,
      objects: release.names,
      plan: release.plan,
      readme: release.readme,
      ...(release.report && { report: release.report }),
    };
  } catch (error) {
    throw error instanceof RefusedRelease ? new pulumi.RunError(error.message) : error;
  }
};

/**
 * After an abort the cluster runs another version than the stack names: says so, and does not try the same again
 * untold. A cluster that cannot be asked, such as one that is not there yet, is a warning.
 */
async function refuseAborted(release: DescribedRelease): Promise<void> {
  const cluster = new pulumi.Config("kubernetes");
  const where = { kubeconfig: cluster.get("kubeconfig"), context: cluster.get("context") };
  const refusal = await refusalOfAborted(release, where).catch((error: unknown) => {
    if (!(error instanceof CannotAsk)) throw error;
    void pulumi.log.warn(
      `Whether the cluster aborted this release before could not be asked: ${printable(error.message)}`,
    );
    return undefined;
  });
  if (refusal !== undefined) throw new RefusedRelease([refusal], `${pulumi.getProject()}:`);
}
