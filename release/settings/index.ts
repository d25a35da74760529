import { z } from "zod";
import { applicationKeys } from "./application";
import { audienceKeys, checkAudience } from "./audience";
import { controllerKeys, type ControllerName } from "./controller";
import { entryPointKeys } from "./entryPoint";
import { checkEnoughRequests, checkJudgement, judgementKeys, noDataOf } from "./judgement";
import { measuringOf, type ControllerTraits } from "./measuring";
import { checkPods, podKeys } from "./pods";
import { dropped, RefusedRelease, refusals } from "./refusal";
import { checkSmokeTest, smokeTestKeys } from "./smokeTest";
import { checkDecisions, checkSteps, planOf, stepKeys } from "./steps";
import { trafficKeys } from "./traffic";
import { wrongType, type Refuse } from "./valueTypes";

export { controllerNames, type ControllerName } from "./controller";
export { routerNames, type RouterName } from "./entryPoint";
export { telemetryNames, type TelemetryName } from "./judgement";
export type { ControllerTraits } from "./measuring";
export type { Passed } from "./valueTypes";

/** The keys of a release by subject, in the order in which the documentation has them. */
export const subjects = {
  "The application": applicationKeys,
  "The entry point": entryPointKeys,
  "The plan": stepKeys,
  "What it is judged by": judgementKeys,
  "The promise": trafficKeys,
  "A test before users": smokeTestKeys,
  "Who gets the canary": audienceKeys,
  "Who moves the weight": controllerKeys,
  "The pods": podKeys,
} as const;

const shape = z.strictObject({
  ...applicationKeys,
  ...entryPointKeys,
  ...stepKeys,
  ...judgementKeys,
  ...trafficKeys,
  ...smokeTestKeys,
  ...audienceKeys,
  ...controllerKeys,
  ...podKeys,
});

type Given = z.output<typeof shape>;
type Traits = Readonly<Record<ControllerName, ControllerTraits>>;

/** What keys say together, for the controller that is to run the release. */
function check(given: Given, traits: Traits, refuse: Refuse): void {
  const controller = traits[given.controller];
  const plan = planOf(given);
  checkSteps(given, measuringOf(given, controller), refuse);
  checkPods(given, refuse);
  checkSmokeTest(given, refuse);
  checkAudience(given, refuse);
  checkJudgement(given, plan, refuse);
  checkDecisions(given, refuse);
  const { requestRate } = given.traffic;
  const judgement = { ...given.judgement, noData: noDataOf(given, plan, controller) };
  const hasAudience = given.segments.length > 0 || given.sticky.cookie !== "";
  checkEnoughRequests({ judgement, requestRate, hasAudience }, plan, refuse);
}

/** One list of steps, and every time and meaning that was left to the controller. */
function complete({ preset, ...given }: Given, traits: Traits) {
  const controller = traits[given.controller];
  const steps = planOf({ preset, ...given });
  const { interval, initialDelay } = measuringOf(given, controller);
  const noData = noDataOf(given, steps, controller);
  return { ...given, steps, judgement: { ...given.judgement, noData, initialDelay, interval } };
}

/** A release as its author writes it: text with units, everything but `application`, `image` and `host` optional. */
export type ReleaseArgs = z.input<typeof shape>;

/**
 * A release as the rest of the program reads it: every value present, seconds and shares as numbers, one list of steps.
 */
export type ReleaseSettings = Readonly<ReturnType<typeof complete>>;

/** The keys that a release is written with. */
export const releaseKeys = Object.keys(shape.shape) as (keyof ReleaseArgs)[];

/** The schema of each key, with its description. */
export const keySchemas: Readonly<Record<keyof ReleaseArgs, z.ZodType>> = shape.shape;

/** Validates a release and fills in its defaults, for the controllers that there are. Throws `RefusedRelease`. */
export function releaseSettings(args: ReleaseArgs, traits: Traits): ReleaseSettings {
  const unread = dropped(args);
  if (unread.length > 0) throw new RefusedRelease(unread);
  const schema = shape.check(({ value, issues }) =>
    check(value, traits, (path, message) => issues.push({ code: "custom", path: [...path], message, input: value })),
  );
  const result = schema.safeParse(args, { error: wrongType });
  if (result.success) return complete(result.data, traits);
  throw new RefusedRelease(result.error.issues.flatMap((issue) => refusals(issue, args, shape.shape)));
}
