import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { PluginInfo, type PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { formatPath, type Change } from "./paths";
import { isSameUser } from "./peer";
import { revealAll, type Properties } from "./values";

/** Which resource a request is about, and on whose behalf. */
export interface Target {
  readonly urn: string;
  /** As in `kubernetes:core/v1:Service`. */
  readonly type: string;
  readonly name: string;
  /** What this engine configured the provider with. */
  readonly config: Properties;
  /** Address of the engine, to which log lines go. */
  readonly engine: string | undefined;
  /** Aborted when a person cancels the update, or the server closes. */
  readonly cancelled: AbortSignal;
}

/** A request that changes something; its timeout is in seconds, 0 for the resource's own default. */
export interface Operation extends Target {
  readonly timeout: number;
  readonly preview: boolean;
}

export interface Difference {
  readonly changes: readonly Change[];
  /** Those of the changes that only a replacement can bring about. */
  readonly replaces: readonly Change[];
  readonly deleteBeforeReplace: boolean;
}

export interface Live {
  /** Empty where the object is gone. */
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

/** What a provider does with the resources of its package. */
export interface Implementation {
  readonly package: string;
  readonly version: string;
  /** What it knows, in words. */
  readonly covers: string;
  /** Whether secrets come marked; otherwise the engine marks the outputs that are named like secret inputs. */
  readonly marksSecrets: boolean;
  /** Throws where an option is not covered. */
  checkConfig(config: Properties): void;
  check(target: Target, olds: Properties, news: Properties, seed: Uint8Array): Promise<Properties>;
  diff(
    target: Target,
    change: { olds: Properties; news: Properties; ignoreChanges: readonly string[] },
  ): Promise<Difference>;
  create(operation: Operation, inputs: Properties): Promise<{ id: string; outputs: Properties }>;
  read(target: Target, id: string, inputs: Properties, outputs: Properties): Promise<Live>;
  update(
    operation: Operation,
    id: string,
    change: { oldOutputs: Properties; news: Properties; ignoreChanges: readonly string[] },
  ): Promise<Properties>;
  delete(operation: Operation, id: string, inputs: Properties, outputs: Properties): Promise<void>;
}

/** The object exists but is not as it should be: the engine keeps it in the state, and tries again the next time. */
export class NotInitialized extends Error {
  constructor(
    readonly reasons: readonly string[],
    readonly live: Live,
  ) {
    super(reasons.join("; "));
  }
}

const properties = (struct: Struct | undefined): Properties => (struct?.toJavaScript() ?? {}) as Properties;
const struct = (values: Properties): Struct =>
  Struct.fromJavaScript(values as Parameters<typeof Struct.fromJavaScript>[0]);

function serviceError(error: unknown): grpc.ServiceError {
  const message = error instanceof Error ? error.message : String(error);
  const metadata = new grpc.Metadata();
  if (error instanceof NotInitialized) {
    const { id, inputs, outputs } = error.live;
    const failure = new rpc.ErrorResourceInitFailed()
      .setId(id)
      .setInputs(struct(inputs))
      .setProperties(struct(outputs));
    const detail = new Any();
    detail.pack(failure.setReasonsList([...error.reasons]).serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const status = new Status().setCode(grpc.status.UNKNOWN).setMessage(message).setDetailsList([detail]);
    metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  }
  return Object.assign(new Error(message), { code: grpc.status.UNKNOWN, details: message, metadata });
}

/** Answers calls of this user's own processes: whoever may call can run commands, and use the user's kubeconfig. */
function respond<Request, Response>(
  handle: (request: Request, peer: string) => Promise<Response> | Response,
  isAdmitted: (peer: string) => boolean,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    const answer = async () => {
      const peer = call.getPeer();
      if (!isAdmitted(peer))
        throw new Error("this provider answers processes of the user who started it, and no others");
      return handle(call.request, peer);
    };
    answer().then(
      (response) => callback(null, response),
      (error: unknown) => callback(serviceError(error)),
    );
  };
}

const { ADD, ADD_REPLACE, DELETE, DELETE_REPLACE, UPDATE, UPDATE_REPLACE } = rpc.PropertyDiff.Kind;
const kinds = { add: [ADD, ADD_REPLACE], delete: [DELETE, DELETE_REPLACE], update: [UPDATE, UPDATE_REPLACE] } as const;

function diffResponse({ changes, replaces, deleteBeforeReplace }: Difference): rpc.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = rpc.DiffResponse.DiffChanges;
  const response = new rpc.DiffResponse()
    .setChanges(changes.length === 0 ? DIFF_NONE : DIFF_SOME)
    .setDiffsList([...new Set(changes.map(({ path }) => String(path[0])))])
    .setReplacesList(replaces.map(({ path }) => formatPath(path)))
    .setDeletebeforereplace(deleteBeforeReplace)
    .setHasdetaileddiff(true);
  for (const change of changes) {
    const [kind, replaceKind] = kinds[change.kind];
    const detail = new rpc.PropertyDiff().setKind(replaces.includes(change) ? replaceKind : kind).setInputdiff(true);
    response.getDetaileddiffMap().set(formatPath(change.path), detail);
  }
  return response;
}

interface Session {
  config: Properties;
  engine: string | undefined;
}

interface AnyRequest {
  getUrn(): string;
  getType(): string;
  getName(): string;
}

interface AnyOperation extends AnyRequest {
  getTimeout(): number;
}

/** Serves one implementation to any number of engines, each of which is told apart by its connection. */
export class ProviderServer {
  readonly #server = new grpc.Server();
  readonly #sessions = new Map<string, Session>();
  #port = 0;
  #latest: Session = { config: {}, engine: undefined };
  #cancel = new AbortController();

  constructor(readonly implementation: Implementation) {
    this.#server.addService(ResourceProviderService, this.#service());
  }

  /** Listens on a free port of the loopback interface. */
  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
        if (error) return reject(error);
        this.#port = port;
        resolve(port);
      });
    });
  }

  /** Ends what is under way, waits some seconds for it, and stops listening. */
  close(): Promise<void> {
    this.#cancel.abort();
    return new Promise((resolve) => {
      const patience = setTimeout(() => this.#server.forceShutdown(), 5000);
      this.#server.tryShutdown(() => {
        clearTimeout(patience);
        resolve();
      });
    });
  }

  #session(peer: string): Session {
    return this.#sessions.get(peer) ?? this.#latest;
  }

  #settle(peer: string, part: Partial<Session>): void {
    this.#latest = { config: {}, engine: undefined, ...this.#sessions.get(peer), ...part };
    this.#sessions.set(peer, this.#latest);
  }

  #target(request: AnyRequest, peer: string): Target {
    const { config, engine } = this.#session(peer);
    const { signal } = this.#cancel;
    return {
      urn: request.getUrn(),
      type: request.getType(),
      name: request.getName(),
      config,
      engine,
      cancelled: signal,
    };
  }

  #operation(request: AnyOperation, peer: string, preview: boolean): Operation {
    return { ...this.#target(request, peer), timeout: request.getTimeout(), preview };
  }

  #refuse(what: string): never {
    const { covers } = this.implementation;
    throw new Error(
      `${what} is not covered by the sandbox's own provider, which knows ${covers}: install the official plugin.`,
    );
  }

  #service(): grpc.UntypedServiceImplementation {
    const { implementation } = this;
    const configure = (request: rpc.ConfigureRequest, peer: string) => {
      const config = revealAll(properties(request.getArgs()));
      implementation.checkConfig(config);
      this.#settle(peer, { config });
      return new rpc.ConfigureResponse().setAcceptsecrets(implementation.marksSecrets).setSupportspreview(true);
    };
    const check = async (request: rpc.CheckRequest, peer: string) => {
      const [olds, news] = [properties(request.getOlds()), properties(request.getNews())];
      const target = this.#target(request, peer);
      return new rpc.CheckResponse().setInputs(
        struct(await implementation.check(target, olds, news, request.getRandomseed_asU8())),
      );
    };
    const diff = async (request: rpc.DiffRequest, peer: string) => {
      const [olds, news] = [properties(request.getOldInputs()), properties(request.getNews())];
      const change = { olds, news, ignoreChanges: request.getIgnorechangesList() };
      return diffResponse(await implementation.diff(this.#target(request, peer), change));
    };
    const create = async (request: rpc.CreateRequest, peer: string) => {
      const operation = this.#operation(request, peer, request.getPreview());
      const { id, outputs } = await implementation.create(operation, properties(request.getProperties()));
      return new rpc.CreateResponse().setId(id).setProperties(struct(outputs));
    };
    const read = async (request: rpc.ReadRequest, peer: string) => {
      const [inputs, outputs] = [properties(request.getInputs()), properties(request.getProperties())];
      const live = await implementation.read(this.#target(request, peer), request.getId(), inputs, outputs);
      if (live.id === "") return new rpc.ReadResponse();
      return new rpc.ReadResponse().setId(live.id).setInputs(struct(live.inputs)).setProperties(struct(live.outputs));
    };
    const update = async (request: rpc.UpdateRequest, peer: string) => {
      const [oldOutputs, news] = [properties(request.getOlds()), properties(request.getNews())];
      const operation = this.#operation(request, peer, request.getPreview());
      const change = { oldOutputs, news, ignoreChanges: request.getIgnorechangesList() };
      return new rpc.UpdateResponse().setProperties(
        struct(await implementation.update(operation, request.getId(), change)),
      );
    };
    const remove = async (request: rpc.DeleteRequest, peer: string) => {
      const [inputs, outputs] = [properties(request.getOldInputs()), properties(request.getProperties())];
      await implementation.delete(this.#operation(request, peer, false), request.getId(), inputs, outputs);
      return new Empty();
    };
    const cancel = () => {
      this.#cancel.abort();
      this.#cancel = new AbortController();
      return new Empty();
    };
    const own = <Request, Response>(handle: (request: Request, peer: string) => Promise<Response> | Response) =>
      respond(handle, (peer) => isSameUser(peer, this.#port));
    return {
      configure: own(configure),
      check: own(check),
      diff: own(diff),
      create: own(create),
      read: own(read),
      update: own(update),
      delete: own(remove),
      cancel: own(cancel),
      attach: own((request: PluginAttach, peer) => {
        this.#settle(peer, { engine: request.getAddress() });
        return new Empty();
      }),
      getPluginInfo: own(() => new PluginInfo().setVersion(implementation.version)),
      getSchema: own(() => new rpc.GetSchemaResponse().setSchema("{}")),
      invoke: own((request: rpc.InvokeRequest) => this.#refuse(`The function ${request.getTok()}`)),
      call: own((request: rpc.CallRequest) => this.#refuse(`The method ${request.getTok()}`)),
      construct: own((request: rpc.ConstructRequest) => this.#refuse(`The component ${request.getType()}`)),
    };
  }
}
