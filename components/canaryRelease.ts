import * as pulumi from "@pulumi/pulumi";
import { describe } from "../manifests/describe";
import type { Role } from "../manifests/description";
import { planTable } from "../release/plan";
import { releaseSettings, type ReleaseArgs, type ReleaseSettings } from "../release/release";
import { declare, namesOf } from "./declare";
import { moveHooks } from "./moves";
import { Verdict } from "./verdict";

/** An application whose new versions go to a few users first, are judged by their own metrics, and reach everybody or nobody. */
export class CanaryRelease extends pulumi.ComponentResource {
  /** Where users reach the application. */
  readonly url: string;
  /** Names of the Kubernetes objects, by role. */
  readonly names: Partial<Record<Role, string>>;
  /** The plan as a table, a line a row. */
  readonly plan: readonly string[];
  /** What whoever reviews the plan should know of the choices. */
  readonly notices: readonly string[];
  /** What was seen until the verdict; only where the release waits for it. */
  readonly report?: pulumi.Output<string>;

  /** Throws `RefusedRelease` before anything is declared where the arguments are not a release that is safe to try. */
  constructor(name: string, args: ReleaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("canary:index:CanaryRelease", name, {}, opts);
    const settings = releaseSettings(args);
    const description = describe(settings);
    const dependsOn = declare(name, description, this, moveHooks(name, settings, description));
    if (settings.wait) this.report = new Verdict(`${name}-verdict`, settings, description, { parent: this, dependsOn }).report;
    this.url = url(settings);
    this.names = namesOf(description.objects);
    this.plan = planTable(settings.steps, description.moves ? "each up" : "a controller");
    this.notices = description.notices;
    this.registerOutputs({ url: this.url, names: this.names, plan: this.plan, notices: this.notices, report: this.report });
  }
}

function url({ tlsSecret, host, path }: ReleaseSettings): string {
  return `${tlsSecret ? "https" : "http"}://${host}${path}`;
}
