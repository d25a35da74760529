import * as pulumi from "@pulumi/pulumi";
import { describeRelease, type DescribedRelease } from "../manifests/describe";
import type { Role } from "../manifests/description";
import { planReport } from "../manifests/planReport";
import type { Passed, ReleaseArgs, ReleaseSettings } from "../release/settings";
import { declare, namesOf } from "./declare";
import { FirstDeployTest } from "./firstDeployTest";
import { moveHooks } from "./stepMoves";
import { AwaitVerdict } from "./awaitVerdict";

/**
 * An application whose new versions go to a few users first, are judged by their own metrics, and reach everybody or
 * nobody.
 */
export class CanaryRelease extends pulumi.ComponentResource {
  /** Where users reach the application. */
  readonly url: string;
  /** Names of the Kubernetes objects, by role. */
  readonly names: Partial<Record<Role, Passed<string>>>;
  /**
   * The plan for people, a line a row: steps, what is judged, the worst case of a bad version, and what else a reviewer
   * should know.
   */
  readonly plan: readonly string[];
  /** The same as Markdown. */
  readonly readme: string;
  /** What was seen until the verdict; only where the release waits for it. */
  readonly report?: pulumi.Output<string>;

  /**
   * Takes a release, or what `describeRelease` made of one. Throws `RefusedRelease` before anything is declared where
   * the arguments are not a release that is safe to try.
   */
  constructor(name: string, args: ReleaseArgs | DescribedRelease, opts?: pulumi.ComponentResourceOptions) {
    super("canary:index:CanaryRelease", name, {}, opts);
    const release = "objects" in args ? args : describeRelease(args);
    const { settings } = release;
    const dependsOn = declare(name, release, this, moveHooks(name, release));
    const verdict = settings.wait
      ? new AwaitVerdict(`${name}-verdict`, release, { parent: this, dependsOn })
      : undefined;
    if (verdict) this.report = verdict.report;
    if (settings.smokeTest.webhook)
      new FirstDeployTest(`${name}-first-deploy-test`, settings, { parent: this, dependsOn: verdict ?? dependsOn });
    this.url = url(settings);
    this.names = namesOf(release.objects);
    const { lines, markdown } = planReport(release);
    this.plan = lines;
    this.readme = markdown;
    this.registerOutputs({
      url: this.url,
      names: this.names,
      plan: this.plan,
      readme: this.readme,
      report: this.report,
    });
  }
}

function url({ tlsSecret, host, path }: ReleaseSettings): string {
  return `${tlsSecret ? "https" : "http"}://${host}${path}`;
}
