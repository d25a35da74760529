import { z } from "zod";
import type { NoData } from "../metrics/metrics";
import { decided, decisionNames, presetNames, presets, type Hold, type Step } from "../plan";
import { formatDuration } from "../units";
import { measuresNothing, roomOf, type Measuring } from "./measuring";
import { firstWarning } from "./thresholds";
import { duration, listOf, whole, type Refuse } from "./valueTypes";

const week = 7 * 24 * 3600;
const stepSchema = z.strictObject({
  weight: whole(1, 100, "a weight, in percent of the requests,")
    .optional()
    .describe("Share of the requests that the canary answers, in percent."),
  mirror: whole(1, 100, "a share to mirror, in percent of the requests,")
    .optional()
    .describe(
      "In place of a weight, and as the first step: share of the requests that the canary gets a copy of, in percent, its answers thrown away.",
    ),
  hold: (
    z.union([z.literal("until promoted"), duration("a hold", 0, week)], {
      error: 'a hold is a duration such as "30s" or "10m", or "until promoted"; accepted: 0s to 168h',
    }) as z.ZodType<Hold, string>
  ).describe('How long the step is held: a duration, or "until promoted" by a person.'),
});

/** The plan, and who decides that it goes on. */
export const stepKeys = {
  preset: z
    .enum(presetNames, {
      error: `the name of a plan; accepted: ${presetNames.join(", ")}, or steps of your own`,
    })
    .default("fast")
    .describe(
      "Name of a plan, used where no steps are given: fast (stages 5, 25, 50, 100 of 10 minutes), slow (60 minutes), soak (30 minutes), 20-50-100 (5 minutes), or one of AWS CodeDeploy's.",
    ),
  steps: listOf(stepSchema, 101)
    .prefault([])
    .describe("The plan in place of the preset's: weights that rise, each with its hold."),
  decisions: z
    .enum(decisionNames, {
      error: `who decides that the release goes on; accepted: ${decisionNames.join(", ")}`,
    })
    .default("as planned")
    .describe(
      "Who decides that the release goes on: as planned (what steps and thresholds say), automatic (nobody is asked), manual (a person at each step), manual before 100 (a person before the last one), hybrid (a person where a metric warns).",
    ),
};

export type GivenSteps = z.output<z.ZodObject<typeof stepKeys>>;

/** The steps that are given, or the preset's, with a person where the decisions ask for one. */
export function planOf({ steps, preset, decisions }: GivenSteps): readonly Step[] {
  const given = steps.map(({ weight = 0, ...step }): Step => ({ weight, ...step }));
  return decided(given.length > 0 ? given : presets[preset], decisions);
}

export function checkSteps(given: GivenSteps, measuring: Measuring, refuse: Refuse): void {
  given.steps.forEach((step, index) => checkStep(step, given.steps[index - 1]?.weight, index, measuring, refuse));
  if (given.steps.length === 0) checkPreset(given, measuring, refuse);
  if (given.steps.length === 1 && given.steps[0]?.mirror !== undefined)
    refuse(["steps"], "a plan that mirrors goes on with a weight; accepted: a further step with a weight");
  const plan = planOf(given);
  if (given.steps.length > 0 && plan.every((step, index) => measuresNothing(step, index, measuring)))
    refuse(
      ["steps"],
      `no step is held for long enough to be judged, so that every version would pass; accepted: a hold of ${formatDuration(roomOf(0, measuring).least)} or longer`,
    );
}

function checkStep(
  { weight, mirror, hold }: GivenSteps["steps"][number],
  before: number | undefined,
  index: number,
  measuring: Measuring,
  refuse: Refuse,
): void {
  if ((weight === undefined) === (mirror === undefined))
    refuse(
      ["steps", index],
      "a step has a weight, or mirrors a share of the requests; accepted: {weight, hold} or {mirror, hold}",
    );
  if (mirror !== undefined && index > 0)
    refuse(["steps", index, "mirror"], "requests are mirrored before the first weight; accepted: as the first step");
  if (before !== undefined && weight !== undefined && weight <= before) {
    const accepted =
      before < 100 ? `accepted: ${before + 1} to 100` : "accepted: no step after the one with weight 100";
    refuse(
      ["steps", index, "weight"],
      `weights rise from step to step, and the step before has ${before}; ${accepted}`,
    );
  }
  const { least, words } = roomOf(index, measuring);
  if (weight !== 100 && hold !== "until promoted" && hold < least)
    refuse(["steps", index, "hold"], `a hold has room for ${words}; accepted: ${formatDuration(least)} or longer`);
}

function checkPreset({ preset }: GivenSteps, measuring: Measuring, refuse: Refuse): void {
  presets[preset].some(({ weight, hold }, index) => {
    const { least } = roomOf(index, measuring);
    if (weight === 100 || hold === "until promoted" || hold >= least) return false;
    refuse(
      ["preset"],
      `its step ${index + 1} is held for ${formatDuration(hold)}, which has no room for the judgement; accepted: a plan with holds of ${formatDuration(least)}, or a shorter judgement.window`,
    );
    return true;
  });
}

type Deciding = Pick<GivenSteps, "steps" | "decisions"> &
  Parameters<typeof firstWarning>[0] & { readonly judgement: { readonly noData?: NoData | undefined } };

/** Decisions that ask nobody do not go with what asks a person, nor those that ask on a warning without one. */
export function checkDecisions(release: Deciding, refuse: Refuse): void {
  const asks = asksSomebody(release);
  if (release.decisions === "automatic" && asks !== undefined)
    refuse(
      ["decisions"],
      `nobody is asked, and ${asks} asks a person; accepted: without it, or "as planned", "manual", "manual before 100", "hybrid"`,
    );
  if (release.decisions === "hybrid" && firstWarning(release) === undefined)
    refuse(
      ["decisions"],
      'a person is asked where a metric warns, and none does; accepted: a warn, as in thresholds.errorRate = {fail: 5%, warn: 2%}, or "manual before 100"',
    );
}

/** The key that asks a person; undefined where none does. */
function asksSomebody(release: Deciding): string | undefined {
  const step = release.steps.findIndex(({ hold }) => hold === "until promoted");
  if (step >= 0) return `steps[${step}].hold = "until promoted"`;
  const { noData } = release.judgement;
  if (noData === "hold" || noData === "hold, then fail") return `judgement.noData = "${noData}"`;
  return firstWarning(release);
}
