import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { DescribedRelease } from "../manifests/describe";
import { awaitedOf } from "../verdict/awaited";
import { commandLineOf } from "./commandLine";

/** Waits until the release is promoted, and fails with metric, value and threshold if it was aborted. */
export class AwaitVerdict extends pulumi.ComponentResource {
  /** What was seen while waiting, and the verdict. */
  readonly report: pulumi.Output<string>;

  constructor(name: string, release: DescribedRelease, opts?: pulumi.ComponentResourceOptions) {
    super("canary:index:Verdict", name, {}, opts);
    const cluster = new pulumi.Config("kubernetes");
    const wait = new command.local.Command(
      `${name}-wait`,
      {
        create: commandLineOf(require.resolve("../verdict/main")),
        environment: {
          AWAITED: pulumi.jsonStringify(awaitedOf(release)),
          AWAITED_KUBECONFIG: cluster.getSecret("kubeconfig") ?? "",
          AWAITED_CONTEXT: cluster.get("context") ?? "",
        },
        triggers: [release.objects.map(({ object }) => object)],
      },
      { parent: this },
    );
    this.report = wait.stdout;
    this.registerOutputs({ report: this.report });
  }
}
