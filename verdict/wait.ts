import { Unreachable } from "./apiErrors";
import type { AwaitedRelease } from "./awaited";
import type { MetricFinding } from "./findings";
import type { RunningRelease, Verdict } from "./verdict";
import * as words from "./words";

/** What the wait needs of the world outside: a release to watch, two streams to write, and time in milliseconds. */
export interface Surroundings {
  readonly release: RunningRelease;
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

const pollInterval = 1_000;
const heartbeat = 30_000;
/** How much later than it says a controller may look again. */
const lookMargin = 10_000;
/** What the way back may take beside the canary's scale-down, in seconds. */
const wayBackMargin = 30;

type Seen = Verdict | { readonly is: "unreachable"; readonly message: string };

/**
 * Waits until the release has a verdict, and says what changes meanwhile. The exit code: 0 when it was promoted or
 * waits for a person, 1 when it was aborted, cannot go on, or has no verdict within the bound.
 */
export async function wait(awaited: AwaitedRelease, around: Surroundings): Promise<0 | 1> {
  const { release, print, complain, now, sleep } = around;
  const begun = now();
  const reporter = new Reporter(around, begun + awaited.boundSeconds * 1000);
  let invalidSince: number | undefined;

  for (;;) {
    const seen = await look(release);
    if (seen.is === "aborted") {
      complain(words.aborted(seen));
      await (seen.firstDeploy ? complain(words.noWayBack) : awaitWayBack(awaited, around));
      complain(words.stillWanted(awaited));
      return 1;
    }
    if (seen.is === "invalid") invalidSince ??= now();
    else if (seen.is !== "unreachable") invalidSince = undefined;
    const good = goodEnd(seen, awaited, words.inSeconds(now() - begun));
    const bad = badEnd(seen, awaited, now() - (invalidSince ?? now()));
    (good ?? []).forEach(print);
    (bad ?? []).forEach(complain);
    if (good !== undefined) return 0;
    if (bad !== undefined) return 1;

    reporter.report(seen);
    if (now() - begun >= awaited.boundSeconds * 1000) {
      words.boundExceeded(reporter.last, awaited).forEach(complain);
      return 1;
    }
    await sleep(pollInterval);
  }
}

/** What to say if the release needs nothing more from this command: it is done, or waits for a person. */
function goodEnd(seen: Seen, awaited: AwaitedRelease, after: string): readonly string[] | undefined {
  switch (seen.is) {
    case "promoted":
      return [words.promoted(seen, awaited, after)];
    case "waiting for promotion":
      return words.waitingForPromotion(seen, awaited);
    case "held":
      return words.held(seen, awaited);
    case "paused":
      return words.paused(seen, awaited);
    default:
      return undefined;
  }
}

/** What to say if the release does not go on, and no person's word would let it. */
function badEnd(seen: Seen, awaited: AwaitedRelease, invalidFor: number): readonly string[] | undefined {
  if (seen.is === "stuck") return words.stuck(seen, awaited);
  if (seen.is !== "invalid") return undefined;
  const { looksAgainWithin } = seen;
  const mayPass = looksAgainWithin !== undefined && invalidFor < looksAgainWithin * 1000 + lookMargin;
  return mayPass ? undefined : words.invalid(seen, awaited);
}

async function look(release: RunningRelease): Promise<Seen> {
  try {
    return await release.verdict();
  } catch (error) {
    if (error instanceof Unreachable) return { is: "unreachable", message: error.message };
    throw error;
  }
}

/** Says where the release is when that changes, each measurement that ends badly, and a sign of life every 30 s. */
class Reporter {
  /** What was said last about the release's state. */
  last = "nothing yet";
  private saidAt = Number.NEGATIVE_INFINITY;
  private readonly bad = new Map<string, number>();

  constructor(
    private readonly around: Surroundings,
    private readonly end: number,
  ) {}

  report(seen: Seen): void {
    if (seen.is === "unreachable") this.state(`${seen.message}; trying again`);
    if (seen.is === "invalid") this.state(words.invalidForNow(seen.message, seen.looksAgainWithin ?? 0));
    if (seen.is !== "in progress") return;
    seen.findings.forEach((finding) => this.finding(finding));
    this.state(words.progress(seen));
  }

  private finding(finding: MetricFinding): void {
    if (finding.bad > (this.bad.get(finding.metric) ?? 0)) this.say(words.measuredBadly(finding));
    this.bad.set(finding.metric, finding.bad);
  }

  private state(text: string): void {
    const { now } = this.around;
    if (text !== this.last) this.say(text);
    else if (now() - this.saidAt >= heartbeat)
      this.say(`still ${text}; this command waits ${words.inSeconds(this.end - now())} more`);
    this.last = text;
  }

  private say(line: string): void {
    this.saidAt = this.around.now();
    this.around.print(line);
  }
}

/** After an abort: waits until everything is as the stable version demands, and says so or names what is not. */
async function awaitWayBack(
  awaited: AwaitedRelease,
  { release, print, complain, now, sleep }: Surroundings,
): Promise<void> {
  const begun = now();
  const end = begun + (awaited.scaleDownSeconds + wayBackMargin) * 1000;
  let trafficIsBack = false;
  for (;;) {
    const missing = await lookBack(release);
    if (typeof missing === "string") return complain(missing);
    if (!trafficIsBack && missing.traffic.length === 0) {
      trafficIsBack = true;
      print(`the stable version has all requests again (seen ${words.inSeconds(now() - begun)} after the abort was)`);
    }
    const left = [...missing.traffic, ...missing.pods];
    if (left.length === 0) return print(missing.complete);
    if (now() >= end) {
      complain(`way back not complete ${words.inSeconds(now() - begun)} after the abort:`);
      return left.forEach((item) => complain(`  ${item}`));
    }
    await sleep(pollInterval);
  }
}

async function lookBack(release: RunningRelease) {
  try {
    return await release.wayBack();
  } catch (error) {
    if (error instanceof Unreachable) return { traffic: [error.message], pods: [], complete: "" };
    throw error;
  }
}
