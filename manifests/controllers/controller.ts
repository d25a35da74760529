import type { ControllerTraits, ReleaseSettings } from "../../release/settings";
import type { Description, Role } from "../description";
import type { Driver, Router } from "../routers/router";
import type { ControlFeature, Refused, Support } from "../support";

/** Who moves the weight. */
export interface Controller extends ControllerTraits {
  /** Nothing where nobody acts between two ups. */
  readonly steering?: Steering;
  /** How it does what a release may ask for, whatever the router. */
  readonly supports: Readonly<Record<ControlFeature, Support>>;
  /** What a release is on Kubernetes with this controller and a router. Throws where the two are no pair. */
  readonly describe: (settings: ReleaseSettings, router: Router) => Description;
}

/** A kind of custom resource; `plural` is its name in the API's paths. */
export interface ResourceKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
}

/** A running release as a person steers it: its object, and where Flagger's load tester answers, if it holds steps. */
export interface Steered {
  readonly name: string;
  readonly namespace: string;
  readonly loadTester?: string | undefined;
}

/** What a controller does by itself, and how a person steers it. A command is a line for a shell. */
export interface Steering {
  /** The controller's name for people. */
  readonly title: string;
  /** The object whose status tells how the release goes: its kind, and what it is for in the release. */
  readonly object: ResourceKind;
  readonly role: Role;
  /** Kind of the object that names the version to release. */
  readonly targetKind: string;
  /** Lets one step go on: commands, and lines about them. */
  readonly promote: (release: Steered) => readonly string[];
  /** Takes the release back: commands, and lines about them. */
  readonly abort: (release: Steered) => readonly string[];
  /** The command that tries an aborted version again as it is; nothing where only another attempt does. */
  readonly retry?: (release: Steered) => string;
  /** Until when a held release stays as it is, as the end of a sentence. */
  readonly heldUntil: string;
  /** Why a release whose pods do not start stays as it is, and whether `abort` takes it back then. */
  readonly stuck: { readonly because: string; readonly canAbort: boolean };
  /** Seconds that a release may take beyond its plan and the start of its pods. */
  readonly extraSeconds: (settings: ReleaseSettings) => number;
}

/** "rollout shop -n demo", as kubectl takes an object. */
export const kubectlName = ({ kind }: ResourceKind, { name, namespace }: Steered) =>
  `${kind.toLowerCase()} ${name} -n ${namespace}`;

/** A command that sets a part of the status of a release's object. */
export const patchStatus = (object: ResourceKind, release: Steered, status: object) =>
  `kubectl patch ${kubectlName(object, release)} --subresource=status --type=merge -p '${JSON.stringify({ status })}'`;

/** How a controller drives a router. Throws where the two are no pair, which is refused to the user before. */
export function possible<Render>(driver: Driver<Render> | Refused): Driver<Render> {
  if ("why" in driver) throw new Error(`this pair is refused: ${driver.why}`);
  return driver;
}
