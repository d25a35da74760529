import type { ControllerTraits, ReleaseSettings } from "../../release/settings";
import type { Description } from "../description";
import type { Driver, Router } from "../routers/router";
import type { ControlFeature, Refused, Support } from "../support";

/** Who moves the weight. */
export interface Controller extends ControllerTraits {
  /** Nothing where nobody acts between two ups. */
  readonly steering?: Steering;
  readonly supports: Readonly<Record<ControlFeature, Support>>;
  /** What a release is on Kubernetes when this controller drives the router, which it can. */
  readonly describe: (settings: ReleaseSettings, router: Router) => Description;
}

/** A running release as a person steers it: names, and where Flagger's load tester answers, if it holds steps. */
export interface Steered {
  readonly name: string;
  readonly namespace: string;
  readonly loadTester?: string | undefined;
}

/** What a controller does by itself, and how a person steers it: commands are lines for a shell. */
export interface Steering {
  readonly title: string;
  readonly apiVersion: string;
  /** What kubectl calls the object whose status tells how the release goes. */
  readonly resource: string;
  /** Kind of the object that names the version to release. */
  readonly names: string;
  readonly promote: (release: Steered) => readonly string[];
  readonly abort: (release: Steered) => readonly string[];
  /** Tries an aborted version again as it is; nothing where only another attempt does. */
  readonly retry?: (release: Steered) => string;
  /** Until when a held release stays as it is. */
  readonly heldUntil: string;
  /** Why a release whose pods do not start stays as it is, and whether it can be taken back. */
  readonly whileStuck: { readonly stays: string; readonly takesBack: boolean };
  /** Seconds that a release may take beyond its plan and the start of its pods. */
  readonly extraSeconds: (settings: ReleaseSettings) => number;
}

/** A command that sets a part of the status of a release's object. */
export function patchStatus({ resource }: Pick<Steering, "resource">, release: Steered, status: object): string {
  const patch = JSON.stringify({ status });
  return `kubectl patch ${resource} ${release.name} -n ${release.namespace} --subresource=status --type=merge -p '${patch}'`;
}

/** A pair's driver; a pair without one has been refused before. */
export function possible<Render>(driver: Driver<Render> | Refused): Driver<Render> {
  if ("why" in driver) throw new Error(`this pair is refused: ${driver.why}`);
  return driver;
}
