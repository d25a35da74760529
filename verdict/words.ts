import { steeringOf } from "../manifests/controllers";
import { kubectlName } from "../manifests/controllers/controller";
import { formatDuration } from "../release/units";
import type { AwaitedRelease } from "./awaited";
import { findingInWords, type MetricFinding } from "./findings";
import type { Position, Verdict } from "./verdict";

type Is<Name extends Verdict["is"]> = Extract<Verdict, { is: Name }>;

/** A time span, rounded to seconds. */
export const inSeconds = (milliseconds: number) => formatDuration(Math.max(0, Math.round(milliseconds / 1000)));

/** Where a release is: "step 2 of 3, weight 25 %". */
const positionInWords = ({ step, steps, weight }: Position) => `step ${step} of ${steps}, weight ${weight} %`;

/** What was found or, where it was no metric, the controller's own words. */
const reason = ({ findings, message }: Pick<Is<"held">, "findings" | "message">) =>
  findings.length === 0 ? message : findings.map(findingInWords).join("; ");

/** A measurement that ended badly, while the release goes on. */
export const measuredBadly = (finding: MetricFinding) => `measured: ${findingInWords(finding)}`;

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
    ...promoteOrAbort(awaited),
  ];
}

export function held(seen: Is<"held">, awaited: AwaitedRelease): readonly string[] {
  const { heldUntil } = steeringOf(awaited.controller);
  return [
    `held: ${reason(seen)}`,
    `${awaited.application} stays at ${positionInWords(seen.at)} until ${heldUntil}:`,
    ...promoteOrAbort(awaited),
  ];
}

export function paused({ at, message, resume }: Is<"paused">, { application }: AwaitedRelease): readonly string[] {
  return [
    `paused: ${message}; ${application} stays at ${positionInWords(at)} until it is taken away:`,
    ...indented([resume]),
  ];
}

export const aborted = (seen: Is<"aborted">) => `aborted: ${reason(seen)}`;

/** A release that is refused for now, and may be accepted at the controller's next look. */
export const invalidForNow = (message: string, seconds: number) =>
  `${message}; the controller looks again within ${formatDuration(seconds)}`;

export function invalid({ message }: Is<"invalid">, { controller }: AwaitedRelease): readonly string[] {
  return [
    `failed: ${message}`,
    `The controller does nothing about this ${steeringOf(controller).object.kind} until it is mended; the pods and weights stay as they were.`,
  ];
}

export function stuck({ at, message }: Is<"stuck">, awaited: AwaitedRelease): readonly string[] {
  const { because, canAbort } = steeringOf(awaited.controller).stuck;
  return [
    `failed: ${message} ${awaited.application} stays at ${positionInWords(at)}: ${because}. To see why its pods do not start:`,
    ...indented([`kubectl get pods -n ${awaited.namespace}`]),
    ...(canAbort ? toAbort(awaited) : ["To mend it, release a version that starts."]),
  ];
}

/** `last` is what was said of the release last. */
export function boundExceeded(last: string, awaited: AwaitedRelease): readonly string[] {
  return [
    `no verdict within ${formatDuration(awaited.boundSeconds)}; the last that was seen: ${last}`,
    goesOn(awaited),
    ...toAbort(awaited),
  ];
}

/** That this command decides nothing: the controller does, with or without it. */
export const goesOn = (awaited: AwaitedRelease) =>
  `The release goes on in the cluster without this command: kubectl get ${kubectlName(steeringOf(awaited.controller).object, awaited)} -o yaml shows its status.`;

export const abortTakenBack =
  "The abort was taken back, or another version was applied, while this command watched the way back.";

/** What a preview says when it is asked for what was aborted. */
export function abortedBefore(
  seen: Is<"aborted">,
  { image, attempt }: { readonly image: string; readonly attempt: number },
  running: string | undefined,
): string {
  return [
    `image = "${image}": the cluster aborted this release and runs ${running ?? "no stable version"}; ${aborted(seen)}`,
    `accepted: another image, or attempt = ${attempt + 1} to try this one again`,
  ].join("; ");
}

export const noWayBack =
  "This was the first deploy: there is no stable version to go back to. Deploy a version that starts.";

export function stillWanted(awaited: AwaitedRelease): string {
  const { targetKind, retry } = steeringOf(awaited.controller);
  const again = `raise canary:attempt${retry ? `, or ${retry(awaited)}` : "."}`;
  return `${targetKind} ${awaited.name} still names the aborted version and does not try it again by itself. To try it again as it is: ${again}`;
}

function promoteOrAbort(awaited: AwaitedRelease): readonly string[] {
  const { promote, abort } = steeringOf(awaited.controller);
  return [...indented(promote(awaited)), "or takes it back:", ...indented(abort(awaited))];
}

const toAbort = (awaited: AwaitedRelease) => [
  "To take it back:",
  ...indented(steeringOf(awaited.controller).abort(awaited)),
];

const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`);
