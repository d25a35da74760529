import { prettifyError, strictObject, z } from "zod";
import { controllers, steeringOf } from "../manifests/controllers";
import type { DescribedRelease } from "../manifests/describe";
import type { Role } from "../manifests/description";
import { hasSmokeTest, smokeTestPause, smokeTestTries } from "../manifests/smokeTest";
import { units } from "../release/metrics/unit";
import { planTime } from "../release/plan";
import { controllerNames, type ReleaseSettings } from "../release/settings";

const step = strictObject({
  weight: z.number().min(0).max(100),
  mirror: z.number().min(0).max(100).optional(),
  hold: z.union([z.number().nonnegative(), z.literal("until promoted")]),
});

const schema = strictObject({
  /** The application's name, for people. */
  application: z.string().min(1),
  namespace: z.string().min(1),
  controller: z
    .enum(controllerNames)
    .refine((name) => controllers[name].steering, "a controller that acts between two ups"),
  /** Name of the object whose status tells how the release goes. */
  name: z.string().min(1),
  /** The Services of the two versions; left out where one Service leads to both. */
  stableService: z.string().min(1).optional(),
  canaryService: z.string().min(1).optional(),
  /** Where the canary's weight is; left out where the pods are the split. */
  weight: strictObject({
    apiVersion: z.string().min(1),
    kind: z.string().min(1),
    name: z.string().min(1),
    path: z.array(z.union([z.string(), z.number()])).min(1),
  }).optional(),
  /** How long to wait for a verdict: the plan's time and a margin, in seconds. */
  boundSeconds: z.number().positive(),
  /** How long the pods of an aborted canary stay, in seconds; 0 leaves them running. */
  scaleDownSeconds: z.number().nonnegative(),
  steps: z.array(step).min(1),
  /** Where Flagger's load tester answers, whose gate a person opens; left out where there is no gate. */
  loadTester: z.string().min(1).optional(),
  /** For each metric the bound that it must keep, in words such as "below 5 %", and what its values are. */
  metrics: z.record(z.string(), strictObject({ words: z.string(), unit: z.enum(units) })),
});

/** What this command waits for: the objects' names, the plan, and how long the plan may take. */
export type AwaitedRelease = z.infer<typeof schema>;

/**
 * What to wait for; a namespace that is known later stays so. Throws for a controller that does nothing between two
 * ups.
 */
export function awaitedOf({
  settings,
  objects,
  metrics,
  weight,
}: DescribedRelease): Omit<AwaitedRelease, "namespace"> & Pick<ReleaseSettings, "namespace"> {
  const { application, namespace, controller, steps, scaleDownDelay, loadTester } = settings;
  const { role, extraSeconds } = steeringOf(controller);
  const nameOf = (role: Role) => {
    const found = objects.find((described) => described.role === role);
    return found && String(found.object.metadata.name);
  };
  return {
    application,
    namespace,
    controller,
    name: nameOf(role) ?? "",
    stableService: nameOf("stable-service"),
    canaryService: nameOf("canary-service"),
    weight: weight && { ...weight, path: [...weight.path] },
    boundSeconds: boundSeconds(settings) + extraSeconds(settings),
    scaleDownSeconds: scaleDownDelay,
    steps: [...steps],
    ...(nameOf("gate-role") && { loadTester: loadTester.url }),
    metrics: Object.fromEntries(metrics.map(({ name, words, unit }) => [name, { words, unit }])),
  };
}

/** The plan's time, with the time that pods may take to start as a margin. */
function boundSeconds({ steps, progressDeadline, judgement, smokeTest }: ReleaseSettings): number {
  const { window, interval } = judgement;
  const tested = hasSmokeTest({ smokeTest }) ? smokeTestTries * (smokeTest.timeout + smokeTestPause) : 0;
  return planTime(steps).seconds + progressDeadline + window + interval + tested;
}

/** Reads the environment variable `AWAITED`; throws an error that names each key that is missing or wrong. */
export function parseAwaited(text: string | undefined): AwaitedRelease {
  if (text === undefined || text === "") {
    throw new Error(
      `AWAITED is not set: it holds, as JSON, what to wait for; accepted: ${Object.keys(schema.shape).join(", ")}`,
    );
  }
  const parsed = schema.safeParse(parseJson(text));
  if (!parsed.success) throw new Error(`AWAITED is not what this command expects:\n${prettifyError(parsed.error)}`);
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`AWAITED is not JSON: ${(error as Error).message}`, { cause: error });
  }
}
