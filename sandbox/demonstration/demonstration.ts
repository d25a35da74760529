import type { EngineEvent } from "@pulumi/pulumi/automation";
import Table from "cli-table3";
import { describeRelease } from "../../manifests/describe";
import type { Exposure } from "../../release/promise/worstCase";
import { promiseOf, shares } from "../../release/promise/promise";
import type { ReleaseArgs } from "../../release/settings";
import type { DeployedStack } from "../engine";
import { behaviourOf } from "../dataPlane/application";
import type { Count, Load } from "../dataPlane/load";

/** A version to release, and what must become of it. */
export interface DemonstratedRelease {
  readonly title: string;
  readonly version: string;
  readonly expected: DemonstratedVerdict;
  /** The metric that must have decided; any will do where none is named. */
  readonly because?: string;
}

export type DemonstratedVerdict = "deployed" | "promoted" | "rolled back" | "no verdict";

/** What became of a release, and what its users saw meanwhile. */
export interface ReleaseOutcome {
  readonly release: DemonstratedRelease;
  readonly verdict: DemonstratedVerdict;
  readonly why: string;
  readonly seconds: number;
  readonly users: readonly UsersOfVersion[];
  /** Seconds from the first failed request of the released version to the last request that it answered. */
  readonly exposure?: number | undefined;
  /** What the plan promised for the worst case of such a version. */
  readonly promised?: Exposure | undefined;
}

export interface UsersOfVersion {
  readonly version: string;
  readonly requests: number;
  readonly failures: number;
}

/** A first deploy, a good version, and one that fails a fifth of its requests. */
export const releases: readonly DemonstratedRelease[] = [
  { title: "first deploy", version: "v1", expected: "deployed" },
  { title: "a good version", version: "v2", expected: "promoted" },
  { title: "a version that fails a fifth of its requests", version: "v3-errors-20", expected: "rolled back" },
];

/** Where a demonstration runs: what is the same for each release, and how a version becomes an image. */
export interface DemonstrationStage {
  /** What is released, one after the other; the first is a first deploy. Default: the three `releases`. */
  readonly releases?: readonly DemonstratedRelease[];
  readonly stack: DeployedStack;
  /** The stack's configuration for a version. */
  readonly config: (version: string) => ReleaseArgs;
  /** Real requests through the router, once there is something to ask. */
  readonly startLoad: () => Promise<Load>;
  readonly print: (line: string) => void;
}

/** Releases one version after the other with `pulumi up`, under load, and says what became of each. */
export async function demonstrate(place: DemonstrationStage): Promise<readonly ReleaseOutcome[]> {
  const outcomes: ReleaseOutcome[] = [];
  let load: Load | undefined;
  try {
    for (const release of place.releases ?? releases) {
      place.print(`\n── ${release.title}: ${release.version}`);
      outcomes.push(await outcomeOf(release, place, load));
      load ??= await place.startLoad();
    }
  } finally {
    await load?.stop();
  }
  return outcomes;
}

async function outcomeOf(
  release: DemonstratedRelease,
  place: DemonstrationStage,
  load: Load | undefined,
): Promise<ReleaseOutcome> {
  const { stack, config, print } = place;
  stack.configure(config(release.version));
  const before = (await load?.counts())?.counts ?? [];
  const started = performance.now();
  const lines: string[] = [];
  const onEvent = (event: EngineEvent) => {
    for (const line of progressOf(event).filter((text) => !lines.includes(text))) {
      lines.push(line);
      print(`   ${line}`);
    }
  };
  const failure = await stack.stack.up({ onEvent, suppressProgress: true }).then(
    () => undefined,
    (error: Error) => error,
  );
  const seconds = (performance.now() - started) / 1000;
  const after = await load?.counts();
  const { verdict, why } = verdictOf(lines, failure);
  return {
    release,
    verdict,
    why,
    seconds,
    users: difference(after?.counts ?? [], before),
    ...(verdict === "rolled back" && {
      exposure: after?.exposure(release.version),
      promised: promisedFor(release.version, config(release.version)),
    }),
  };
}

/**
 * What the engine says while it works, without colours, the plan, which was shown before, and errors, which repeat what
 * was said.
 */
function progressOf({ diagnosticEvent, summaryEvent }: EngineEvent): readonly string[] {
  if (summaryEvent) {
    const changes = Object.entries(summaryEvent.resourceChanges).map(([operation, count]) => `${count} ${operation}`);
    return [`resources: ${changes.join(", ")}`];
  }
  const shown: readonly string[] = ["info", "info#err", "warning"];
  if (!diagnosticEvent || !shown.includes(diagnosticEvent.severity)) return [];
  const text = diagnosticEvent.message.replace(/<\{%[^%]*%\}>/g, "").trimEnd();
  return text === "" || text.startsWith("release plan") ? [] : text.split("\n");
}

function verdictOf(
  lines: readonly string[],
  failure: Error | undefined,
): { verdict: DemonstratedVerdict; why: string } {
  const last = (start: string) => lines.findLast((line) => line.startsWith(start))?.slice(start.length);
  const promoted = last("promoted: ");
  const aborted = last("aborted: ");
  if (failure && aborted !== undefined) return { verdict: "rolled back", why: aborted };
  if (failure) return { verdict: "no verdict", why: failure.message };
  if (promoted === undefined) return { verdict: "no verdict", why: lines.at(-1) ?? "" };
  return promoted.startsWith("first deploy")
    ? { verdict: "deployed", why: "its pods became ready" }
    : { verdict: "promoted", why: "every metric kept its threshold" };
}

function difference(after: readonly Count[], before: readonly Count[]): readonly UsersOfVersion[] {
  const counted = (counts: readonly Count[], version: string, failed: boolean) =>
    counts
      .filter((count) => count.version === version && (!failed || count.status >= 500))
      .reduce((sum, { count }) => sum + count, 0);
  const versions = [...new Set(after.map(({ version }) => version))].sort();
  return versions
    .map((version) => ({
      version,
      requests: counted(after, version, false) - counted(before, version, false),
      failures: counted(after, version, true) - counted(before, version, true),
    }))
    .filter(({ requests }) => requests > 0);
}

/** The outcomes as a table for people. */
export function outcomeTable(outcomes: readonly ReleaseOutcome[]): string {
  const table = new Table({
    head: ["release", "verdict", "why", "time", "requests by version (failed)"],
    style: { head: [], border: [] },
    colWidths: [24, 13, 40, 8, 30],
    wordWrap: true,
  });
  for (const { release, verdict, why, seconds, users } of outcomes) {
    const seen = users.map(({ version, requests, failures }) => `${version}: ${requests} (${failures})`);
    table.push([
      `${release.title}: ${release.version}`,
      verdict,
      why,
      `${seconds.toFixed(0)} s`,
      seen.join("\n") || "none yet",
    ]);
  }
  return [table.toString(), ...outcomes.flatMap(promisedAndMeasured)].join("\n");
}

function promisedAndMeasured({ release: { version }, exposure, promised, users }: ReleaseOutcome): readonly string[] {
  if (exposure === undefined) return [];
  const failed = users.find((each) => each.version === version)?.failures ?? 0;
  const measured = `${version} answered its last request ${exposure.toFixed(1)} s after its first failure, and failed ${failed}`;
  if (promised?.seconds === undefined) return [`${measured}.`];
  return [`${measured}; the plan promised at most ${Math.ceil(promised.seconds)} s and ${promised.badRequests}.`];
}

/**
 * The promise of the plan for a version that fails from its first request on; nothing for a share that it makes none
 * for.
 */
function promisedFor(version: string, args: ReleaseArgs): Exposure | undefined {
  const release = describeRelease(args);
  const share = shares.findIndex((each) => each === behaviourOf(version).errorPercent / 100);
  return promiseOf(release.settings, release)?.steps[0]?.worst[share];
}

/** Whether every release ended as it must. */
export function asExpected(outcomes: readonly ReleaseOutcome[]): boolean {
  return outcomes.every(
    ({ release: { expected, because = "" }, verdict, why }) => verdict === expected && why.startsWith(because),
  );
}
