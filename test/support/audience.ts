import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { CustomObjectsApi, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { demoRelease } from "../../sandbox/demonstration/demoRelease";
import { eventually, type SandboxApplication, type Sandbox, type User } from "./sandbox";

export type Headers = Readonly<Record<string, string>>;

/** Requests that always get the canary, that never do, and that are in no segment. */
export interface Audience {
  readonly canary: readonly Headers[];
  readonly stable: readonly Headers[];
  readonly neither: Headers;
}

/** A user, and the version that he was given first. */
export interface Given {
  readonly user: User;
  readonly version: string;
}

export const imageOf = (version: string) => demoRelease(version, "http://127.0.0.1:9090").image as string;

/** `pulumi up`, which is to succeed. */
export async function succeeds(application: SandboxApplication): Promise<void> {
  const { error, said } = await application.up();
  assert.equal(error, undefined, said.join("\n"));
}

/** Every one of the segments gets its version, and of the requests in none each version gets some. */
export async function assertSplit(
  application: SandboxApplication,
  { canary, stable, neither }: Audience,
  [stableVersion, canaryVersion]: readonly [string, string],
): Promise<void> {
  for (const headers of canary)
    assert.deepEqual(await application.ask(20, headers), { [canaryVersion]: 20 }, JSON.stringify(headers));
  for (const headers of stable)
    assert.deepEqual(await application.ask(20, headers), { [stableVersion]: 20 }, JSON.stringify(headers));
  const others = await application.ask(100, neither);
  assert.deepEqual(Object.keys(others).sort(), [stableVersion, canaryVersion].sort(), JSON.stringify(others));
}

export async function assertAllGet(
  application: SandboxApplication,
  { canary, stable, neither }: Audience,
  version: string,
): Promise<void> {
  for (const headers of [...canary, ...stable, neither])
    assert.deepEqual(await application.ask(10, headers), { [version]: 10 }, JSON.stringify(headers));
}

/** Asks with several headers until something is done: which versions answered, or the router in their place. */
export async function answersUntil(
  done: Promise<unknown>,
  application: SandboxApplication,
  asked: readonly Headers[],
): Promise<readonly string[]> {
  const answered = new Set<string>();
  let over = false;
  void done.finally(() => (over = true)).catch(() => undefined);
  while (!over)
    for (const headers of asked)
      for (const version of Object.keys(await application.ask(2, headers))) answered.add(version);
  await done;
  return [...answered].sort();
}

export async function assertUnchangedInFlight(application: SandboxApplication): Promise<void> {
  const { stack } = application.deployed;
  const isUnchanged = (changes: object | undefined) =>
    assert.deepEqual(Object.keys(changes ?? {}), ["same"], JSON.stringify(changes));
  isUnchanged((await stack.preview()).changeSummary);
  isUnchanged((await stack.refresh()).summary.resourceChanges);
  isUnchanged((await application.up()).changes);
}

/** New users, and what each was given first. */
export async function newUsers(application: SandboxApplication, count: number): Promise<readonly Given[]> {
  const users: Given[] = [];
  for (let i = 0; i < count; i++) {
    const user = application.user();
    users.push({ user, version: Object.keys(await user.ask(1)).join() });
  }
  return users;
}

export async function assertKept(users: readonly Given[], version?: string): Promise<void> {
  for (const given of users) assert.deepEqual(await given.user.ask(5), { [version ?? given.version]: 5 });
}

/** What a person does to a Rollout: lets it go on, or aborts it. */
export async function patchRolloutStatus(
  { kubeConfig }: Sandbox,
  { name }: SandboxApplication,
  status: object,
): Promise<void> {
  const api = kubeConfig.makeApiClient(CustomObjectsApi);
  const rollout = { group: "argoproj.io", version: "v1alpha1", plural: "rollouts", namespace: name, name };
  await api.patchNamespacedCustomObjectStatus(
    { ...rollout, body: { status } },
    setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
  );
}

/** Waits until a Rollout is at rest: at a step that waits for a person, with this weight, or in a phase. */
export const waitsAt = (application: SandboxApplication, weight: number) =>
  eventually(async () => {
    const { status } = await application.rollout();
    assert.deepEqual(
      [status?.pauseConditions?.[0]?.reason, status?.canary?.weights?.canary.weight],
      ["CanaryPauseStep", weight],
    );
  });
export const phaseIs = (application: SandboxApplication, phase: string) =>
  eventually(async () => assert.equal((await application.rollout()).status?.phase, phase));

/** How many requests pods with some labels have answered, by their own count, once that is scraped. */
export async function answeredBy({ cluster }: Sandbox, labels: string): Promise<number> {
  await sleep(3000);
  const url = new URL("api/v1/query", cluster.prometheus);
  url.searchParams.set("query", `sum(http_server_request_duration_seconds_count{${labels}})`);
  const { data } = (await (await fetch(url)).json()) as { data: { result: { value: [number, string] }[] } };
  return Number(data.result[0]?.value[1] ?? 0);
}
