import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { relative } from "node:path";
import type { Description, Role } from "../manifests/description";
import type { ReleaseSettings } from "../release/release";
import { planTime } from "../release/plan";
import type { Awaited } from "../verdict/awaited";

/** Waits until the release is promoted, and fails with metric, value and threshold if it was aborted. */
export class Verdict extends pulumi.ComponentResource {
  /** What was seen while waiting, and the verdict. */
  readonly report: pulumi.Output<string>;

  constructor(name: string, settings: ReleaseSettings, description: Description, opts?: pulumi.ComponentResourceOptions) {
    super("canary:index:Verdict", name, {}, opts);
    const cluster = new pulumi.Config("kubernetes");
    const main = relative(process.cwd(), require.resolve("../verdict/main"));
    const wait = new command.local.Command(
      `${name}-wait`,
      {
        create: `node --require ts-node/register/transpile-only ${main}`,
        environment: {
          AWAITED: pulumi.jsonStringify(awaited(settings, description)),
          AWAITED_KUBECONFIG: cluster.getSecret("kubeconfig") ?? "",
          AWAITED_CONTEXT: cluster.get("context") ?? "",
        },
        triggers: [description.objects.map(({ object }) => object)],
      },
      { parent: this },
    );
    this.report = wait.stdout;
    this.registerOutputs({ report: this.report });
  }
}

/** What the command is told: the objects' names, and how long the plan takes with the pods' start at each step as a margin. */
function awaited(settings: ReleaseSettings, { objects, metrics }: Description): Omit<Awaited, "namespace"> & { namespace: pulumi.Input<string> } {
  const { application, steps, progressDeadline, scaleDownDelay, judgement } = settings;
  const nameOf = (role: Role) => objects.find((described) => described.role === role)?.object.metadata.name ?? "";
  return {
    application,
    namespace: settings.namespace as pulumi.Input<string>,
    rollout: nameOf("rollout"),
    stableService: nameOf("stable-service"),
    canaryService: nameOf("canary-service"),
    ingress: nameOf("ingress"),
    boundSeconds: planTime(steps).seconds + progressDeadline + judgement.window + judgement.interval,
    scaleDownSeconds: scaleDownDelay,
    steps: [...steps],
    thresholds: Object.fromEntries(metrics.map(({ name, words }) => [name, words])),
  };
}
