import * as pulumi from "@pulumi/pulumi";
import type { Description, Role } from "../manifests/description";
import { declare } from "./declare";

/** The objects of a description that have one of the given roles, as children of one resource. */
class Part extends pulumi.ComponentResource {
  /** Names of the part's objects, by role. */
  readonly names: Partial<Record<Role, string>>;

  constructor(type: string, roles: readonly Role[], name: string, description: Description, opts?: pulumi.ComponentResourceOptions) {
    super(type, name, {}, opts);
    const objects = description.objects.filter(({ role }) => roles.includes(role));
    declare(name, { objects, owned: description.owned }, this);
    this.names = Object.fromEntries(objects.map(({ role, object }) => [role, object.metadata.name]));
    this.registerOutputs({ names: this.names });
  }
}

/** How requests reach the two versions: their Services and the router's objects. */
export class Routing extends Part {
  constructor(name: string, description: Description, opts?: pulumi.ComponentResourceOptions) {
    super("canary:index:Routing", ["stable-service", "canary-service", "ingress"], name, description, opts);
  }
}

/** What the canary is judged by: the controller's templates of the metrics. */
export class Judgement extends Part {
  constructor(name: string, description: Description, opts?: pulumi.ComponentResourceOptions) {
    super("canary:index:Judgement", ["analysis"], name, description, opts);
  }
}

/** The pods of both versions, and how many of them may be missing. */
export class Workload extends Part {
  constructor(name: string, description: Description, opts?: pulumi.ComponentResourceOptions) {
    super("canary:index:Workload", ["disruption-budget", "rollout"], name, description, opts);
  }
}
