import * as pulumi from "@pulumi/pulumi";
import { describeRelease } from "../manifests/describe";
import { partOf, type ReleasePart, type Role } from "../manifests/description";
import type { Passed, ReleaseArgs } from "../release/settings";
import { declare, namesOf } from "./declare";
import { moveHooks } from "./stepMoves";

/** One part of what a release is on Kubernetes, for a program that declares the other parts itself. */
class OnePart extends pulumi.ComponentResource {
  /** Names of the part's objects, by role. */
  readonly names: Partial<Record<Role, Passed<string>>>;

  constructor(
    type: string,
    part: ReleasePart,
    name: string,
    args: ReleaseArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(type, name, {}, opts);
    const release = describeRelease(args);
    const own = release.objects.filter(({ role }) => partOf(role) === part);
    const moved = own.some(({ role }) => role === release.moves?.role);
    declare(name, { ...release, objects: own }, this, moved ? moveHooks(name, release) : {});
    this.names = namesOf(own);
    this.registerOutputs({ names: this.names });
  }
}

/** How requests reach the two versions, alone: their Services and the router's objects. */
export class Routing extends OnePart {
  constructor(name: string, args: ReleaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("canary:index:Routing", "routing", name, args, opts);
  }
}

/** What the canary is judged by, alone: the controller's templates of the metrics. */
export class Judgement extends OnePart {
  constructor(name: string, args: ReleaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("canary:index:Judgement", "judgement", name, args, opts);
  }
}

/**
 * The pods of both versions, alone: the Rollout or the Deployments, their autoscalers, and how many of their pods may
 * be missing.
 */
export class Workload extends OnePart {
  constructor(name: string, args: ReleaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("canary:index:Workload", "workload", name, args, opts);
  }
}
