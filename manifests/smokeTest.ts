import type { ReleaseSettings } from "../release/settings";
import { formatDuration } from "../release/units";
import type { Described } from "./description";
import type { JobSpec, KubernetesObject } from "./types/kubernetes";
import { metadata, type Track } from "./metadata";
import { serviceNames } from "./workload";

/** What the test is called where it is told: its metric under Argo Rollouts, its webhook under Flagger. */
export const smokeTestName = "smoke-test";

/**
 * How often a controller asks a webhook until it passes, and the seconds that Argo Rollouts pauses between two tries.
 */
export const smokeTestTries = 3;
export const smokeTestPause = 10;

/** Whether a canary is tested before it gets its first request. */
export const hasSmokeTest = ({ smokeTest }: Pick<ReleaseSettings, "smokeTest">) =>
  smokeTest.webhook !== "" || smokeTest.image !== "";

/** Where whoever tests a version reaches it, from another namespace too. */
export function urlOf(
  { application }: Pick<ReleaseSettings, "application">,
  version: Track,
  namespace: string,
): string {
  return `http://${serviceNames({ application })[version]}.${namespace}`;
}

/** What the webhook is told: the same as Flagger tells its webhooks, and where the version answers. */
export interface SmokeTestQuestion {
  readonly name: string;
  readonly namespace: string;
  readonly metadata: { readonly url: string };
}

export function smokeTestQuestion(
  settings: Pick<ReleaseSettings, "application">,
  version: Track,
  namespace: string,
): SmokeTestQuestion {
  return { name: settings.application, namespace, metadata: { url: urlOf(settings, version, namespace) } };
}

/**
 * The Job that tests a version at the URL in its environment; without a second try, unless the version's pods may still
 * be starting.
 */
export function testJob(
  settings: ReleaseSettings,
  version: Track,
  backoffLimit: number,
  environment: Environment = {},
): JobSpec {
  const { smokeTest, runAsUser, resources } = settings;
  const { image, command, timeout } = smokeTest;
  const env = Object.entries({ URL: `http://${serviceNames(settings)[version]}`, ...environment }).map(
    ([name, value]) => ({ name, value }),
  );
  return {
    backoffLimit,
    activeDeadlineSeconds: timeout,
    template: {
      spec: {
        restartPolicy: "Never",
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser, seccompProfile: { type: "RuntimeDefault" } },
        containers: [
          {
            name: smokeTestName,
            image,
            ...(command.length > 0 && { command }),
            env,
            resources,
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ["ALL"] },
            },
          },
        ],
      },
    },
  };
}

type Environment = Readonly<Record<string, ReleaseSettings["image"]>>;

/**
 * The Job that a first deploy ends with: it has no stable version to be compared with. Another one replaces it when it
 * failed.
 */
export function firstDeployTest(settings: ReleaseSettings): readonly Described[] {
  if (settings.smokeTest.image === "") return [];
  return [{ role: "first-deploy-test", object: job(settings, "first-deploy-test", testJob(settings, "stable", 6)) }];
}

/** The Job that Pulumi waits for before it gives a canary its first weight; a new image is tested anew. */
export function canaryTest(settings: ReleaseSettings): readonly Described[] {
  if (settings.smokeTest.image === "") return [];
  return [
    {
      role: smokeTestName,
      object: job(settings, smokeTestName, testJob(settings, "canary", 0, { IMAGE: settings.image })),
    },
  ];
}

function job(settings: ReleaseSettings, name: string, spec: JobSpec): KubernetesObject<JobSpec> {
  const annotations = { "pulumi.com/replaceUnready": "true" };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: metadata(settings, `${settings.application}-${name}`, annotations),
    spec,
  };
}

/** The test in words; nothing where there is none. */
export function smokeTestInWords({ smokeTest }: ReleaseSettings): readonly string[] {
  const { webhook, image, timeout } = smokeTest;
  if (webhook === "" && image === "") return [];
  const by = webhook === "" ? `a Job of ${image}` : `the webhook ${webhook}`;
  return [
    `tested by ${by}, within ${formatDuration(timeout)}, before the first weight, and at the end of a first deploy`,
  ];
}
