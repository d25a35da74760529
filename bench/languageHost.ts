import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as engine from "@pulumi/pulumi/proto/engine_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as resource from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { load } from "js-yaml";

/** What a program did under Pulumi's own runner, with an engine that only listens. */
export interface Ran {
  /** Types of the resources that it declared, in their order. */
  readonly declared: readonly string[];
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  /** Processor time until its first resource beside the stack, in seconds; absent where it declared none. */
  readonly secondsToFirst?: number;
}

/** What is read of a Pulumi.yaml. */
interface Project {
  readonly main?: string;
  readonly runtime: {
    readonly options?: { readonly typescript?: boolean; readonly tsconfig?: string; readonly nodeargs?: string };
  };
}

/** Runs the program of a folder as its Pulumi.yaml says and as `pulumi preview` does. Linux alone. */
export async function runByPulumi(
  folder: string,
  { config = {}, env = {} }: { config?: object; env?: NodeJS.ProcessEnv } = {},
): Promise<Ran> {
  const { main = ".", runtime } = load(readFileSync(join(folder, "Pulumi.yaml"), "utf8")) as Project;
  const { typescript = true, tsconfig, nodeargs = "" } = runtime.options ?? {};
  const declared: string[] = [];
  const errors: string[] = [];
  const warnings: string[] = [];
  let secondsToFirst: number | undefined;
  const server = new grpc.Server();
  server.addService(ResourceMonitorService, {
    supportsFeature: answer((request: resource.SupportsFeatureRequest) =>
      new resource.SupportsFeatureResponse().setHassupport(request.getId() === "resourceHooks"),
    ),
    registerResourceHook: answer(() => new Empty()),
    registerResource: answer((request: resource.RegisterResourceRequest) => {
      const [type, name] = [request.getType(), request.getName()];
      if (type !== "pulumi:pulumi:Stack") secondsToFirst ??= processorSeconds(program.pid);
      declared.push(type);
      const urn = `urn:pulumi:dev::canary::${type}::${name}`;
      return new resource.RegisterResourceResponse().setUrn(urn).setId(name).setObject(request.getObject());
    }),
    registerResourceOutputs: answer(() => new Empty()),
  });
  server.addService(EngineService, {
    log: answer((request: engine.LogRequest) => {
      if (request.getSeverity() === engine.LogSeverity.ERROR) errors.push(request.getMessage());
      if (request.getSeverity() === engine.LogSeverity.WARNING) warnings.push(request.getMessage());
      return new Empty();
    }),
    getRootResource: answer(() => new engine.GetRootResourceResponse()),
    setRootResource: answer(() => new engine.SetRootResourceResponse()),
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  const address = `127.0.0.1:${port}`;
  const runner = join(folder, "node_modules", "@pulumi", "pulumi", "cmd", "run");
  const to = ["--monitor", address, "--engine", address, "--project", "canary", "--stack", "dev", "--dry-run"];
  const args = [...nodeargs.split(" ").filter(Boolean), runner, ...to, "--pwd", folder, main];
  const environment = {
    ...process.env,
    ...(typescript && { PULUMI_NODEJS_TYPESCRIPT: "true" }),
    ...(tsconfig !== undefined && { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig }),
    PULUMI_CONFIG: JSON.stringify(config),
    ...env,
  };
  let ended: () => void;
  const end = new Promise<void>((resolve) => (ended = resolve));
  const program = execFile(process.execPath, args, { cwd: folder, env: environment }, (error, _, stderr) => {
    if (error && errors.length === 0) errors.push(stderr);
    ended();
  });
  await end;
  server.forceShutdown();
  return { declared, errors, warnings, ...(secondsToFirst !== undefined && { secondsToFirst }) };
}

/** What a process and the children that it waited for used until now. */
function processorSeconds(pid: number | undefined): number {
  const [, fields = ""] = readFileSync(`/proc/${outside(pid)}/stat`, "utf8").split(") ");
  const ticks = fields.split(" ").slice(11, 15).map(Number);
  return ticks.reduce((sum, each) => sum + each, 0) / ticksPerSecond;
}

/** The name that a process of ours has in /proc, which may show the process namespace around ours. */
function outside(pid: number | undefined): string | undefined {
  const namespace = (process: string) => readlinkSync(`/proc/${process}/ns/pid`);
  const innermost = (process: string) => /^NSpid:.*?(\d+)$/m.exec(readFileSync(`/proc/${process}/status`, "utf8"))?.[1];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && existsSync(`/proc/${name}/ns/pid`))
    .find((name) => innermost(name) === `${pid}` && namespace(name) === namespace("self"));
}

/** Linux's, whatever its own clock does. */
const ticksPerSecond = 100;

function answer<Request, Response>(handle: (request: Request) => Response): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => callback(null, handle(call.request));
}
