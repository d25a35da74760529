import * as pulumi from "@pulumi/pulumi";
import { describe } from "../manifests/describe";
import type { Role } from "../manifests/description";
import { releaseSettings, type ReleaseArgs } from "../release/release";
import { declare, namesOf } from "./declare";

/** One part of what a release is on Kubernetes, for a program that declares the other parts itself. */
class Part extends pulumi.ComponentResource {
  /** Names of the part's objects, by role. */
  readonly names: Partial<Record<Role, string>>;

  constructor(type: string, roles: readonly Role[], name: string, args: ReleaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super(type, name, {}, opts);
    const { objects, owned } = describe(releaseSettings(args));
    const own = objects.filter(({ role }) => roles.includes(role));
    declare(name, { objects: own, owned }, this);
    this.names = namesOf(own);
    this.registerOutputs({ names: this.names });
  }
}

/** How requests reach the two versions, alone: their Services and the router's objects. */
export class Routing extends Part {
  constructor(name: string, args: ReleaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("canary:index:Routing", ["stable-service", "canary-service", "ingress"], name, args, opts);
  }
}

/** What the canary is judged by, alone: the controller's templates of the metrics. */
export class Judgement extends Part {
  constructor(name: string, args: ReleaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("canary:index:Judgement", ["analysis"], name, args, opts);
  }
}

/** The pods of both versions, alone: the Rollout, and how many of its pods may be missing. */
export class Workload extends Part {
  constructor(name: string, args: ReleaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("canary:index:Workload", ["disruption-budget", "rollout"], name, args, opts);
  }
}
