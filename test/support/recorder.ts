import * as pulumi from "@pulumi/pulumi";

/** Records every resource that is registered, in place of an engine. */
export class Recorder implements pulumi.runtime.Mocks {
  readonly resources: pulumi.runtime.MockResourceArgs[] = [];

  newResource(args: pulumi.runtime.MockResourceArgs): { id: string; state: Record<string, unknown> } {
    this.resources.push(args);
    return { id: `${args.name}-id`, state: args.inputs };
  }

  call(args: pulumi.runtime.MockCallArgs): Record<string, unknown> {
    return args.inputs;
  }
}

/** Runs a program against mocks and returns what it registered, in the order of registration. */
export async function record(
  program: () => unknown,
  config: Record<string, string> = {},
): Promise<readonly pulumi.runtime.MockResourceArgs[]> {
  const recorder = new Recorder();
  await pulumi.runtime.setMocks(recorder, "canary", "test", false);
  pulumi.runtime.setAllConfig(config);
  await program();
  await pulumi.runtime.disconnect();
  return recorder.resources;
}
