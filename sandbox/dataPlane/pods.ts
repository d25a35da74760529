import type { Socket } from "node:net";
import type { V1Pod } from "@kubernetes/client-node";
import { createApplication, versionOf, type Application } from "./application";

/** A pod that runs, with its own copy of the application. */
export interface RunningPod {
  readonly uid: string;
  readonly pod: V1Pod;
  readonly ready: boolean;
  readonly application: Application | Error;
  readonly startedAt: number;
  /** Its open connections, and whether a request is being answered on each. */
  readonly connections: Map<Socket, boolean>;
}

/** The pods that answer, by address. A pod that goes away closes its connections; answers under way are finished. */
export class Pods {
  private readonly byAddress = new Map<string, RunningPod>();

  at(address: string | undefined): RunningPod | undefined {
    return this.byAddress.get(address ?? "");
  }

  all(): RunningPod[] {
    return [...this.byAddress.values()];
  }

  set(pod: V1Pod): void {
    const uid = pod.metadata?.uid ?? "";
    const address = pod.status?.podIP;
    const isJob = pod.metadata?.ownerReferences?.some(({ kind }) => kind === "Job") ?? false;
    if (pod.status?.phase !== "Running" || !address || isJob) {
      this.remove(uid);
      return;
    }
    const known = this.byAddress.get(address);
    if (known && known.uid !== uid) this.remove(known.uid);
    const ready = pod.status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
    const state =
      known?.uid === uid
        ? known
        : { uid, application: applicationOf(pod), startedAt: Date.now(), connections: new Map<Socket, boolean>() };
    this.byAddress.set(address, { ...state, pod, ready });
  }

  remove(uid: string): void {
    for (const [address, { uid: known, connections }] of this.byAddress) {
      if (known !== uid) continue;
      this.byAddress.delete(address);
      for (const [socket, busy] of connections) if (!busy) socket.destroy();
    }
  }
}

function applicationOf(pod: V1Pod): Application | Error {
  const container = pod.spec?.containers[0];
  const version = versionOf(container?.image ?? "", container?.env?.find(({ name }) => name === "DEMO_VERSION")?.value);
  try {
    return createApplication({ version, pod: pod.metadata?.name ?? "" });
  } catch (error) {
    console.error(`${pod.metadata?.namespace}/${pod.metadata?.name}: ${(error as Error).message}`);
    return error as Error;
  }
}
