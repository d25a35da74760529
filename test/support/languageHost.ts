import { execFile } from "node:child_process";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as engine from "@pulumi/pulumi/proto/engine_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as resource from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

/** What a program did under Pulumi's own runner, with an engine that only listens. */
export interface Ran {
  /** Types of the resources that it declared, in their order. */
  readonly declared: readonly string[];
  readonly errors: readonly string[];
}

/** Runs the program of a folder as `pulumi preview` does: `entryPoint` is what Pulumi.yaml says, "." where nothing. */
export async function runByPulumi(
  folder: string,
  { entryPoint, config = {}, env = {} }: { entryPoint: string; config?: object; env?: NodeJS.ProcessEnv },
): Promise<Ran> {
  const declared: string[] = [];
  const errors: string[] = [];
  const server = new grpc.Server();
  server.addService(ResourceMonitorService, {
    supportsFeature: answer((request: resource.SupportsFeatureRequest) =>
      new resource.SupportsFeatureResponse().setHassupport(request.getId() === "resourceHooks"),
    ),
    registerResourceHook: answer(() => new Empty()),
    registerResource: answer((request: resource.RegisterResourceRequest) => {
      const [type, name] = [request.getType(), request.getName()];
      declared.push(type);
      const urn = `urn:pulumi:dev::canary::${type}::${name}`;
      return new resource.RegisterResourceResponse().setUrn(urn).setId(name).setObject(request.getObject());
    }),
    registerResourceOutputs: answer(() => new Empty()),
  });
  server.addService(EngineService, {
    log: answer((request: engine.LogRequest) => {
      if (request.getSeverity() === engine.LogSeverity.ERROR) errors.push(request.getMessage());
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
  const environment = {
    ...process.env,
    PULUMI_NODEJS_TYPESCRIPT: "true",
    PULUMI_CONFIG: JSON.stringify(config),
    ...env,
  };
  try {
    await new Promise<void>((resolve) =>
      execFile(process.execPath, [runner, ...to, "--pwd", folder, entryPoint], { env: environment }, () => resolve()),
    );
  } finally {
    server.forceShutdown();
  }
  return { declared, errors };
}

function answer<Request, Response>(handle: (request: Request) => Response): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => callback(null, handle(call.request));
}
