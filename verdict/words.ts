import { formatDuration } from "../release/units";
import { openGate } from "../manifests/controllers/flaggerGate";
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
    ...toPromote(awaited),
    "or takes it back:",
    ...toAbort(awaited),
  ];
}

export function held({ at, findings, message }: Is<"held">, awaited: AwaitedRelease): readonly string[] {
  const why = findings.length === 0 ? message : findings.map(findingInWords).join("; ");
  return [
    `held: ${why}`,
    `${awaited.application} stays at ${positionInWords(at)} until ${whileHeld[awaited.controller]}:`,
    ...toPromote(awaited),
    "or takes it back:",
    ...toAbort(awaited),
  ];
}

const whileHeld: Readonly<Record<AwaitedRelease["controller"], string>> = {
  "argo-rollouts": "a person lets it go on, which ends this step's hold",
  flagger: "it is so at one of Flagger's looks, or a person lets it go on",
};

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
  const { stays, takesBack } = whileStuck[awaited.controller];
  return [
    `failed: ${message} ${awaited.application} stays at ${positionInWords(at)}: ${stays}. To see why its pods do not start:`,
    `  kubectl get pods -n ${awaited.namespace}`,
    ...(takesBack ? ["To take it back:", ...toAbort(awaited)] : ["To mend it, release a version that starts."]),
  ];
}

const whileStuck: Readonly<
  Record<AwaitedRelease["controller"], { readonly stays: string; readonly takesBack: boolean }>
> = {
  "argo-rollouts": { stays: "the Rollout's progressDeadlineAbort is not set", takesBack: true },
  flagger: { stays: "Flagger leaves all requests with the pods that run", takesBack: false },
};

export function boundExceeded(last: string, awaited: AwaitedRelease): readonly string[] {
  return [
    `no verdict within ${formatDuration(awaited.boundSeconds)}; the last that was seen: ${last}`,
    goesOn(awaited),
    "To take it back:",
    ...toAbort(awaited),
  ];
}

/** That this command decides nothing: the controller does, with or without it. */
export const goesOn = (awaited: AwaitedRelease) =>
  `The release goes on in the cluster without this command: kubectl get ${objectOf(awaited)} -o yaml shows its status.`;

const objectOf = ({ controller, name, namespace }: AwaitedRelease) =>
  `${controller === "flagger" ? "canary" : "rollout"} ${name} -n ${namespace}`;

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
  const again =
    awaited.controller === "flagger"
      ? "raise canary:attempt."
      : `raise canary:attempt, or ${patchStatus({ abort: false }, awaited)}`;
  const kind = awaited.controller === "flagger" ? "Deployment" : "Rollout";
  return `${kind} ${awaited.name} still names the aborted version and does not try it again by itself. To try it again as it is: ${again}`;
}

function toPromote(awaited: AwaitedRelease): readonly string[] {
  if (awaited.controller === "argo-rollouts") return either("promote", { pauseConditions: null }, awaited);
  const { name, namespace, loadTester = "" } = awaited;
  return [
    `  ${openGate({ application: name, namespace, url: loadTester })}`,
    "  from inside the cluster; Flagger sees it at its next look",
  ];
}

/** Flagger takes a canary back when it looks at it next, and finds too many failed checks. */
function toAbort(awaited: AwaitedRelease): readonly string[] {
  return awaited.controller === "argo-rollouts"
    ? either("abort", { abort: true }, awaited)
    : [`  ${patchStatus({ failedChecks: 1000 }, awaited)}`];
}

/** What the plugin's command does to the status, and the same without the plugin. */
function either(command: string, status: object, awaited: AwaitedRelease): readonly string[] {
  const { name, namespace } = awaited;
  return [
    `  kubectl argo rollouts ${command} ${name} -n ${namespace}`,
    `  or without that plugin: ${patchStatus(status, awaited)}`,
  ];
}

const patchStatus = (status: object, awaited: AwaitedRelease) =>
  `kubectl patch ${objectOf(awaited)} --subresource=status --type=merge -p '${JSON.stringify({ status })}'`;
