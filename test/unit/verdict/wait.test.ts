import assert from "node:assert/strict";
import { Unreachable } from "../../../verdict/apiErrors";
import type { AwaitedRelease } from "../../../verdict/awaited";
import { rolloutRelease, type RolloutObjects } from "../../../verdict/controllers/argoRollouts";
import type { AnalysisRun, Rollout, RolloutStatus } from "../../../verdict/types/argoRollouts";
import { wait } from "../../../verdict/wait";
import {
  abortedFor,
  awaited,
  canary,
  condition,
  metric,
  pausedAt,
  replicaSet,
  rollout,
  run,
  service,
  stable,
} from "./builders";

interface Scene {
  /** What the cluster holds, by the second; the last lasts. */
  readonly rollouts: readonly (Rollout | Error)[];
  readonly runs?: (second: number) => readonly AnalysisRun[];
  readonly objects?: (second: number) => Partial<RolloutObjects>;
  readonly plan?: Partial<AwaitedRelease>;
}

/** Plays a scene with a clock of its own; tells the exit code, each stream's lines, and the seconds that went by. */
async function play({ rollouts, runs, objects, plan }: Scene) {
  const out: string[] = [];
  const err: string[] = [];
  let second = 0;
  const current = () => {
    const now = rollouts[Math.min(second, rollouts.length - 1)];
    assert.ok(now);
    if (now instanceof Error) throw now;
    return now;
  };
  const told = { ...awaited, ...plan };
  const release = rolloutRelease(told, {
    rollout: async () => current(),
    analysisRuns: async () => runs?.(second) ?? [],
    objects: async (of) => ({
      rollout: of,
      stableService: service(stable),
      canaryService: service(stable),
      weightObject: undefined,
      replicaSets: [replicaSet(stable, 3), replicaSet(canary, 0)],
      ...objects?.(second),
    }),
  });
  const code = await wait(told, {
    release,
    print: (line) => out.push(line),
    complain: (line) => err.push(line),
    now: () => second * 1000,
    sleep: async (milliseconds) => {
      second += milliseconds / 1000;
    },
  });
  return { code, out, err, second };
}

const times = <T>(count: number, value: T) => Array.from({ length: count }, () => value);
const promoted = rollout({
  phase: "Healthy",
  stableRS: canary,
  currentStepIndex: 4,
  canary: { weights: { canary: { weight: 0 } } },
});
const failed = run("Failed", [metric("error-rate", "Failed", ["[0.213]"], { count: 3, failed: 3 })]);
const aborted = rollout(abortedFor("Background analysis phase error/failed: Metric ..."));
const invalid = (message: string): RolloutStatus => ({
  phase: "Degraded",
  ...condition("InvalidSpec", "True", "InvalidSpec", message),
});

describe("waiting for the verdict", () => {
  it("says each change once and ends well when promoted", async () => {
    const { code, out, err } = await play({
      rollouts: [...times(2, rollout()), ...times(3, rollout(pausedAt(1, 5))), promoted],
    });
    assert.deepEqual([code, err], [0, []]);
    assert.deepEqual(out, [
      "step 1 of 2, weight 5 %: more replicas need to be updated",
      "step 1 of 2, weight 5 %: held for 6s",
      "promoted: shop serves all requests with the new version after 5s",
    ]);
  });

  it("gives a sign of life every 30 s, with the time that is left", async () => {
    const { out } = await play({
      rollouts: [...times(61, rollout(pausedAt(1, 5))), promoted],
      plan: { boundSeconds: 100 },
    });
    assert.deepEqual(out.slice(1, -1), [
      "still step 1 of 2, weight 5 %: held for 6s; this command waits 1m10s more",
      "still step 1 of 2, weight 5 %: held for 6s; this command waits 40s more",
    ]);
  });

  it("says each measurement that ends badly", async () => {
    const measured = (second: number) => [
      run("Running", [
        metric("error-rate", "Running", ["[0.2]"], { count: second + 1, failed: Math.max(0, second - 1) }),
      ]),
    ];
    const { out } = await play({ rollouts: [...times(4, rollout(pausedAt(1, 5))), promoted], runs: measured });
    assert.equal(out.filter((line) => line.startsWith("measured: error-rate was 20 %, must be below 5 %")).length, 2);
  });

  it("ends well at a hold for a person, and says who can do what", async () => {
    const { code, out } = await play({ rollouts: [rollout(pausedAt(3, 50))] });
    assert.equal(code, 0);
    assert.deepEqual(out, [
      "waiting for promotion: shop is at step 2 of 2, weight 50 %, and stays there until a person promotes it:",
      "  kubectl argo rollouts promote shop -n demo",
      `  or without that plugin: kubectl patch rollout shop -n demo --subresource=status --type=merge -p '{"status":{"pauseConditions":null}}'`,
      "or takes it back:",
      "  kubectl argo rollouts abort shop -n demo",
      `  or without that plugin: kubectl patch rollout shop -n demo --subresource=status --type=merge -p '{"status":{"abort":true}}'`,
    ]);
  });

  it("ends well when held, and names the metric without data", async () => {
    const undecided = run("Inconclusive", [metric("error-rate", "Inconclusive", ["[]"], { inconclusive: 1 })]);
    const { code, out } = await play({
      rollouts: [rollout(pausedAt(1, 5, "InconclusiveAnalysisRun"))],
      runs: () => [undecided],
    });
    assert.equal(code, 0);
    assert.equal(out[0], "held: error-rate had no data, must be below 5 % (measured once, 1 of them bad)");
    assert.match(out[1] ?? "", /^shop stays at step 1 of 2, weight 5 % until a person lets it go on/);
  });

  it("ends well when somebody paused the Rollout", async () => {
    const { code, out } = await play({ rollouts: [rollout({}, { paused: true })] });
    assert.equal(code, 0);
    assert.deepEqual(out, [
      "paused: somebody set spec.paused of Rollout shop; shop stays at step 1 of 2, weight 5 % until it is taken away:",
      `  kubectl patch rollout shop -n demo --type=merge -p '{"spec":{"paused":false}}'`,
    ]);
  });

  it("fails past the progress deadline at once", async () => {
    const stuck = rollout({
      phase: "Degraded",
      ...condition("Progressing", "False", "ProgressDeadlineExceeded", "timed out progressing."),
    });
    const { code, err, second } = await play({ rollouts: [stuck] });
    assert.deepEqual([code, second], [1, 0]);
    assert.match(err[0] ?? "", /^failed: timed out progressing\. shop stays at step 1 of 2, weight 5 %/);
  });

  it("fails at once with a spec that the controller refuses", async () => {
    const { code, err, second } = await play({ rollouts: [rollout(invalid("setWeight: Invalid value: 500"))] });
    assert.deepEqual([code, second], [1, 0]);
    assert.deepEqual(err, [
      "failed: setWeight: Invalid value: 500",
      "The controller does nothing about this Rollout until it is mended; the pods and weights stay as they were.",
    ]);
  });

  it("gives a Service that came later 30 s to be found", async () => {
    const early = rollout(invalid('service "shop-stable" not found'));
    const healed = await play({ rollouts: [...times(21, early), promoted] });
    assert.deepEqual([healed.code, healed.second], [0, 21]);
    const lasting = await play({ rollouts: [early] });
    assert.deepEqual(
      [lasting.code, lasting.second, lasting.err[0]],
      [1, 30, 'failed: service "shop-stable" not found'],
    );
  });

  it("fails when the bound is exceeded, and says that the release goes on", async () => {
    const { code, err, second } = await play({ rollouts: [rollout(pausedAt(1, 5))] });
    assert.deepEqual([code, second], [1, 60]);
    assert.deepEqual(err.slice(0, 2), [
      "no verdict within 1m; the last that was seen: step 1 of 2, weight 5 %: held for 6s",
      "The release goes on in the cluster without this command: kubectl get rollout shop -n demo -o yaml shows its status.",
    ]);
  });

  it("tries again while the API server does not answer, within the bound", async () => {
    const away = new Unreachable("the API server https://cluster does not answer");
    const { code, out } = await play({ rollouts: [rollout(), away, away, promoted] });
    assert.equal(code, 0);
    assert.deepEqual(out.slice(1, 2), ["the API server https://cluster does not answer; trying again"]);
    assert.equal((await play({ rollouts: [away] })).code, 1);
  });

  it("passes on an error that no retry mends", async () => {
    await assert.rejects(
      play({ rollouts: [rollout(), new Error("Rollout shop is not there (404)")] }),
      /is not there \(404\)/,
    );
  });
});

describe("waiting for the way back", () => {
  it("names metric, value and threshold, and ends when the way back is complete", async () => {
    const { code, out, err, second } = await play({
      rollouts: [rollout(pausedAt(1, 5)), aborted],
      runs: () => [failed],
      objects: (second) => ({
        canaryService: service(second < 3 ? canary : stable),
        replicaSets: [replicaSet(stable, 3), replicaSet(canary, second < 11 ? 1 : 0)],
      }),
    });
    assert.deepEqual([code, second], [1, 11]);
    assert.equal(err[0], "aborted: error-rate was 21.3 %, must be below 5 % (measured 3 times, 3 of them bad)");
    assert.match(err[1] ?? "", /^Rollout shop still names the aborted version/);
    assert.deepEqual(out.slice(-2), [
      "the stable version has all requests again (seen 2s after the abort was)",
      `way back complete: weight 0, selectors of shop-stable and shop-canary at ${stable}, 3 stable replicas available, none of the canary`,
    ]);
  });

  it("says once that the requests are back, though the canary Service's selector goes to and fro", async () => {
    const { out, second } = await play({
      rollouts: [aborted],
      objects: (second) => ({
        canaryService: service(second % 2 === 0 && second < 10 ? canary : stable),
        replicaSets: [replicaSet(stable, 3), replicaSet(canary, second < 10 ? 1 : 0)],
      }),
    });
    assert.deepEqual([out.filter((line) => line.startsWith("the stable version has")).length, second], [1, 10]);
  });

  it("names what is not back within the scale-down and a margin", async () => {
    const { code, err, second } = await play({
      rollouts: [aborted],
      objects: () => ({ replicaSets: [replicaSet(stable, 3, 1), replicaSet(canary, 0)] }),
    });
    assert.deepEqual([code, second], [1, 40]);
    assert.deepEqual(err.slice(1, 3), [
      "way back not complete 40s after the abort:",
      `  stable ReplicaSet shop-${stable}: status.availableReplicas is 1, should be 3`,
    ]);
  });

  it("ends when somebody tries again meanwhile", async () => {
    const { code, err } = await play({ rollouts: [aborted, rollout()], objects: () => ({ stableService: undefined }) });
    assert.equal(code, 1);
    assert.match(err[1] ?? "", /^The abort was taken back, or another version was applied/);
  });

  it("outlasts an API server that does not answer", async () => {
    const { code, out } = await play({
      rollouts: [aborted, new Unreachable("away"), aborted],
      objects: (second) => (second === 0 ? { canaryService: undefined } : {}),
    });
    assert.equal(code, 1);
    assert.match(out.at(-1) ?? "", /^way back complete/);
  });

  it("has none after a first deploy", async () => {
    const { code, err, second } = await play({ rollouts: [rollout({ ...abortedFor("timed out"), stableRS: "" })] });
    assert.deepEqual([code, second], [1, 0]);
    assert.match(err[1] ?? "", /^This was the first deploy: there is no stable version to go back to/);
  });
});
