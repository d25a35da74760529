import { z } from "zod";
import { imageReference, label, orEmpty, subdomain, text, whole, url } from "./valueTypes";

export const controllerNames = ["pulumi", "argo-rollouts", "flagger"] as const;
export type ControllerName = (typeof controllerNames)[number];

/** Who moves the weight. */
export const controllerKeys = {
  controller: z
    .enum(controllerNames, { error: `the controller; accepted: ${controllerNames.join(", ")}` })
    .default("argo-rollouts")
    .describe("Who moves the weight: argo-rollouts, flagger, or pulumi (each `pulumi up`, by the key `step`)."),
  step: whole(0, 100, "the step that the canary is at")
    .default(0)
    .describe(
      "For the controller pulumi: which step of the plan the canary is at, counted from 1; 0 is no canary, and one after the last is promoted.",
    ),
  stableImage: text(
    orEmpty(imageReference),
    'the image of the stable version; accepted: "registry/name:tag", or "" for that of the release',
  )
    .default("")
    .describe(
      "For the controller pulumi: image of the stable version while a canary runs beside it; with none it is that of the release.",
    ),
  loadTester: z
    .strictObject({
      url: url("where the load tester answers")
        .prefault("http://flagger-loadtester.flagger-system")
        .describe("Where the load tester answers."),
      serviceAccount: subdomain("the name of the load tester's ServiceAccount")
        .default("default")
        .describe("Its ServiceAccount, which may read the Canary."),
      namespace: label("the load tester's namespace").default("flagger-system").describe("Its namespace."),
    })
    .prefault({})
    .describe(
      "For the controller flagger: its load tester, whose gates hold a step for another time than the interval, for a warning and for no data.",
    ),
  wait: z
    .boolean({ error: "whether `pulumi up` waits for the verdict; accepted: true, false" })
    .default(false)
    .describe("Whether `pulumi up` waits for the verdict, which holds the stack's lock."),
};
