import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { smokeTestQuestion } from "../manifests/smokeTest";
import type { ReleaseSettings } from "../release/settings";
import { commandLineOf } from "./commandLine";

/**
 * Asks the smoke test's webhook at the end of a first deploy, which has no stable version to be compared with; the
 * deploy fails when the test does.
 */
export class FirstDeployTest extends pulumi.ComponentResource {
  constructor(name: string, settings: ReleaseSettings, opts?: pulumi.ComponentResourceOptions) {
    super("canary:index:FirstDeployTest", name, {}, opts);
    const { webhook, timeout } = settings.smokeTest;
    const question = pulumi
      .output(settings.namespace as pulumi.Input<string>)
      .apply((namespace) => smokeTestQuestion(settings, "stable", namespace));
    // Nothing in it changes with the image: later versions are tested before their first weight.
    const environment = { SMOKE_TEST: pulumi.jsonStringify({ webhook, timeout, question }) };
    new command.local.Command(
      `${name}-ask`,
      { create: commandLineOf(require.resolve("./firstDeployTestMain")), environment },
      { parent: this },
    );
    this.registerOutputs();
  }
}
