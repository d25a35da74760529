import { formatDuration } from "../release/units";
import { steeringOf } from "../manifests/controllers";
import type { AwaitedRelease } from "./awaited";
import { type LastMeasurement, findingInWords } from "./findings";
import type { Position, Verdict } from "./verdict";

type Is<Name extends Verdict["is"]> = Extract<Verdict, { is: Name }>;

/** A time span, rounded to seconds. */
export const inSeconds = (milliseconds: number) => formatDuration(Math.max(0, Math.round(milliseconds / 1000)));

/** Where a release is: "step 2 of 3, weight 25 %". */
export const positionInWords = ({ step, steps, weight }: Position) => `step ${step} of ${steps}, weight ${weight} %`;

/** A measurement that ended badly, while the release goes on. */
export const measuredBadly = (finding: LastMeasurement) => `measured: ${findingInWords(finding)}`;

/** Where a release is and what it does there: "step 2 of 3, weight 25 %: held for 30s". */
export const progress = ({ at, doing }: Is<"in progress">) =>
  at === undefined ? doing : `${positionInWords(at)}: ${doing}`;

export function promoted({ firstDeploy }: Is<"promoted">, { application }: AwaitedRelease, after: string): string {
  return firstDeploy
    ? `promoted: first deploy of ${application}, ready after ${after}; there was no stable version to compare with, so steps and metrics were skipped`
    : `promoted: ${application} serves all requests with the new version after ${after}`;
}

export function waitingForPromotion({ at }: Is<"waiting for promotion">, awaited: AwaitedRelease): readonly string[] {
  return [
    `waiting for promotion: ${awaited.application} is at ${positionInWords(at)}, and stays there until a person promotes it:`,
    ...steeringOf(awaited.controller).promote(awaited),
    "or takes it back:",
    ...steeringOf(awaited.controller).abort(awaited),
  ];
}

export function held({ at, findings, message }: Is<"held">, awaited: AwaitedRelease): readonly string[] {
  const why = findings.length === 0 ? message : findings.map(findingInWords).join("; ");
  return [
    `held: ${why}`,
    `${awaited.application} stays at ${positionInWords(at)} until ${steeringOf(awaited.controller).heldUntil}:`,
    ...steeringOf(awaited.controller).promote(awaited),
    "or takes it back:",
    ...steeringOf(awaited.controller).abort(awaited),
  ];
}

export function paused({ at }: Is<"paused">, { application, name, namespace }: AwaitedRelease): readonly string[] {
  return [
    `paused: somebody set spec.paused of Rollout ${name}; ${application} stays at ${positionInWords(at)} until it is taken away:`,
    `  kubectl patch rollout ${name} -n ${namespace} --type=merge -p '{"spec":{"paused":false}}'`,
  ];
}

/**
 * The line that says why a release was aborted: each metric with its value and its threshold, or the controller's
 * message.
 */
export function aborted({ findings, message }: Is<"aborted">): string {
  return `aborted: ${findings.length === 0 ? message : findings.map(findingInWords).join("; ")}`;
}

export function invalid({ message }: Is<"invalid">): readonly string[] {
  return [
    `failed: ${message}`,
    "The controller does nothing about this Rollout until it is mended; the pods and weights stay as they were.",
  ];
}

export function stuck({ at, message }: Is<"stuck">, awaited: AwaitedRelease): readonly string[] {
  const { stays, takesBack } = steeringOf(awaited.controller).whileStuck;
  return [
    `failed: ${message} ${awaited.application} stays at ${positionInWords(at)}: ${stays}. To see why its pods do not start:`,
    `  kubectl get pods -n ${awaited.namespace}`,
    ...(takesBack
      ? ["To take it back:", ...steeringOf(awaited.controller).abort(awaited)]
      : ["To mend it, release a version that starts."]),
  ];
}

export function boundExceeded(last: string, awaited: AwaitedRelease): readonly string[] {
  return [
    `no verdict within ${formatDuration(awaited.boundSeconds)}; the last that was seen: ${last}`,
    goesOn(awaited),
    "To take it back:",
    ...steeringOf(awaited.controller).abort(awaited),
  ];
}

/** That this command decides nothing: the controller does, with or without it. */
export const goesOn = (awaited: AwaitedRelease) =>
  `The release goes on in the cluster without this command: kubectl get ${steeringOf(awaited.controller).resource} ${awaited.name} -n ${awaited.namespace} -o yaml shows its status.`;

export const abortTakenBack =
  "The abort was taken back, or another version was applied, while this command watched the way back.";

export function wayBackComplete(
  { stableService, canaryService, scaleDownSeconds }: AwaitedRelease,
  stable: string,
  replicas: number,
): string {
  const canary =
    scaleDownSeconds === 0 ? "the canary's left running (abortScaleDownDelaySeconds is 0)" : "none of the canary";
  const selectors =
    stableService && canaryService ? `selectors of ${stableService} and ${canaryService} at ${stable}, ` : "";
  return `way back complete: weight 0, ${selectors}${replicas} stable replicas available, ${canary}`;
}

/** What a preview says when it is asked for what was aborted. */
export function abortedBefore(
  found: Is<"aborted">,
  { image, attempt }: { readonly image: string; readonly attempt: number },
  running: string | undefined,
): string {
  return [
    `image = "${image}": the cluster aborted this release and runs ${running ?? "no stable version"}; ${aborted(found)}`,
    `accepted: another image, or attempt = ${attempt + 1} to try this one again`,
  ].join("; ");
}

export const noWayBack =
  "This was the first deploy: there is no stable version to go back to. Deploy a version that starts.";

export function stillWanted(awaited: AwaitedRelease): string {
  const { names, retry } = steeringOf(awaited.controller);
  const again = ["raise canary:attempt", ...(retry ? [retry(awaited)] : [])].join(", or ");
  return `${names} ${awaited.name} still names the aborted version and does not try it again by itself. To try it again as it is: ${again}${retry ? "" : "."}`;
}
