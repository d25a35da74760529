import { hostname } from "node:os";
import type { V1Namespace } from "@kubernetes/client-node";
import { Unreachable } from "../../verdict/apiErrors";
import { Lacking } from "./checks";
import { isAlive, thisProcess, type Owner } from "../host/directory";
import { poll, type OwnCluster } from "./ownClusterApi";

const managedBy = "app.kubernetes.io/managed-by";
const demonstration = "canary-demonstration";
const ownerKey = "canary-demonstration/owner";
/** A namespace with running pods takes as long as their grace period. */
const removalSeconds = 120;

/** A namespace that is made for the demonstration and removed with all that is in it. */
export class OwnNamespace {
  #made = false;

  /** `kubectl` is how it is called for this cluster. */
  constructor(
    private readonly cluster: OwnCluster,
    readonly name: string,
    private readonly kubectl: string,
  ) {}

  /** The command that removes it by hand. */
  get removal(): string {
    return `${this.kubectl} delete namespace ${this.name}`;
  }

  /**
   * Makes it, after it removed one that a demonstration on this machine left behind. Throws where it belongs to
   * somebody else.
   */
  async make(): Promise<string> {
    const { core } = this.cluster;
    const before = await this.#read();
    if (before && before.status?.phase !== "Terminating") this.#refuseOthers(before);
    if (before && !(await this.#removeNow(this.cluster.signal))) {
      throw new Lacking(
        `${this.name} of an earlier demonstration still ends`,
        `Look at what holds it: ${this.kubectl} describe namespace ${this.name}`,
      );
    }
    const annotations = { [ownerKey]: JSON.stringify({ host: hostname(), ...thisProcess() }) };
    const body = { metadata: { name: this.name, labels: { [managedBy]: demonstration }, annotations } };
    try {
      await this.cluster.ask(`Namespace ${this.name}`, core.createNamespace({ body }));
      this.#made = true;
    } catch (error) {
      // Without an answer it may have been made all the same.
      this.#made = error instanceof Unreachable;
      throw error;
    }
    return before ? "made anew; an earlier demonstration had left it" : "made";
  }

  /** Whether this demonstration made it, or may have. */
  get made(): boolean {
    return this.#made;
  }

  /** Removes it with all that is in it; whether it is gone within two minutes. */
  remove(): Promise<boolean> {
    return this.#removeNow();
  }

  #read(): Promise<V1Namespace | undefined> {
    return this.cluster.orNone(`Namespace ${this.name}`, this.cluster.core.readNamespace({ name: this.name }));
  }

  #refuseOthers({ metadata }: V1Namespace): void {
    const { name } = this;
    if (metadata?.labels?.[managedBy] !== demonstration) {
      throw new Lacking(
        `a namespace ${name} is there already, and no demonstration made it`,
        `Use another cluster, or remove it if nobody needs it: ${this.removal}`,
      );
    }
    const owner = JSON.parse(metadata.annotations?.[ownerKey] ?? "{}") as Partial<Owner & { host: string }>;
    const { host = "", pid = 0, startedAt = "" } = owner;
    if (host === hostname() && !isAlive({ pid, startedAt })) return;
    const mend = `Wait for its end or, if it does not run any more: ${this.removal}`;
    throw new Lacking(`another demonstration has ${name} (process ${pid} on ${host || "an unknown machine"})`, mend);
  }

  async #removeNow(signal?: AbortSignal): Promise<boolean> {
    await this.cluster.orNone(`Namespace ${this.name}`, this.cluster.core.deleteNamespace({ name: this.name }));
    const gone = async () => {
      const left = await this.#read().catch(whatElseThanUnreachable);
      return left === undefined ? true : undefined;
    };
    return (await poll(removalSeconds, gone, signal)) ?? false;
  }
}

/** An API server that does not answer is asked again. */
function whatElseThanUnreachable(error: unknown): "unknown" {
  if (error instanceof Unreachable) return "unknown";
  throw error;
}
