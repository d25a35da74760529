import type { KubernetesObject } from "@kubernetes/client-node";
import { describeRelease, type DescribedRelease } from "../manifests/describe";
import { RefusedRelease } from "../release/settings/refusal";
import type { ReleaseArgs } from "../release/settings";
import type { ApiServer } from "../sandbox/cluster/apiServer";
import { faultsOf, type Fault } from "./fault";
import { faultsOfRelease } from "./readers";
import { faultsOfRefusals } from "./refusals";

/** Seconds of a processor that one configuration may take. */
const mostSeconds = 1;

/** What became of a configuration: it is refused, or it is a release; and what is wrong with that. */
export interface Judged {
  readonly release?: DescribedRelease;
  readonly faults: readonly Fault[];
}

/** Reads a configuration as a program would, and everything that is made of it as those do who read that. */
export function judged(args: ReleaseArgs): Judged {
  const from = process.cpuUsage();
  const { release, faults } = described(args);
  const { user, system } = process.cpuUsage(from);
  const seconds = (user + system) / 1e6;
  const slow = seconds > mostSeconds ? [`it took ${seconds.toFixed(1)} s`] : [];
  return {
    ...(release && { release }),
    faults: [
      ...faults,
      ...faultsOf("a configuration is read within a second", slow),
      ...(release ? faultsOfRelease(release) : []),
    ],
  };
}

function described(args: ReleaseArgs): Judged {
  try {
    return { release: describeRelease(args), faults: [] };
  } catch (error) {
    if (error instanceof RefusedRelease) return { faults: faultsOfRefusals(error, args) };
    return {
      faults: faultsOf("a configuration is refused with RefusedRelease", [
        String((error as Error).stack).slice(0, 500),
      ]),
    };
  }
}

/** What is wrong with what becomes of a configuration, an API server's answer included where there is one. */
export function judging(api?: ApiServer): (args: ReleaseArgs) => Promise<readonly Fault[]> {
  const ask = api && askingServer(api);
  return async (args) => {
    const { release, faults } = judged(args);
    return release && ask ? [...faults, ...(await ask(release))] : faults;
  };
}

/** Whether an API server with every controller's and router's kinds would take a release; it keeps nothing of it. */
function askingServer(api: ApiServer): (release: DescribedRelease) => Promise<readonly Fault[]> {
  const namespaces = new Map<string, Promise<void>>();
  const namespace = (name: string) => {
    const there = namespaces.get(name) ?? api.createNamespace(name).catch(ignoreExisting);
    namespaces.set(name, there);
    return there;
  };
  const refusal = async (object: KubernetesObject) => {
    try {
      await namespace(object.metadata?.namespace ?? "");
      await api.validate(object);
      return undefined;
    } catch (error) {
      return messageOf(error);
    }
  };
  return async ({ objects }) => {
    const said = await Promise.all(
      objects.map(async ({ object }) => ({ object, says: await refusal(object as unknown as KubernetesObject) })),
    );
    return said.flatMap(({ object, says }) => faultsOf(`the API server takes each ${object.kind}`, [says]));
  };
}

function ignoreExisting(error: unknown): void {
  if (!String(error).includes("answered 409")) throw error;
}

/** The API server's own words, of which a long answer has the beginning alone. */
function messageOf(error: unknown): string {
  const { message } = error as Error;
  const [, own] = /"message":"((?:[^"\\]|\\.)*)/.exec(message) ?? [];
  return own?.replaceAll('\\"', '"') ?? message;
}
