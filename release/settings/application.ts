import { z } from "zod";
import { dnsLabel, imageReference, passed, text, whole } from "./valueTypes";

/** What a release adds to its application's name for objects of kinds that another release names after its own. */
const suffixes = ["-canary", "-primary", "-segments", "-host", "-weights", "-smoke-test"];

/** Kubernetes takes 63 characters after the "/" of an annotation's key, which begin with "except." here. */
const ruleName = /^(?=.{1,56}$)[a-z]+(-[a-z]+)*$/;

const untilRule =
  'until which day, and why, in 10 to 1000 characters of one line; accepted: "until 2027-01-31: both teams agreed on larger stages"';

/** Whether a day is one of the calendar. */
const isDay = (day: string) => {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
};

/** What is released, and how often that was tried. */
export const applicationKeys = {
  application: text(
    dnsLabel,
    "the application's name is a DNS label; accepted: lower case letters, digits and '-', at most 40",
  )
    .max(40, { error: "the application's name leaves room for suffixes; accepted: at most 40 characters" })
    .refine((name) => !suffixes.some((suffix) => name.endsWith(suffix)), {
      error: `an object of another application may have this name; accepted: a name that ends with none of ${suffixes.join(", ")}`,
    })
    .describe("Name of the application: it names every object."),
  namespace: passed(dnsLabel, "a namespace is a DNS label; accepted: lower case letters, digits and '-', at most 63")
    .default("default")
    .describe("Namespace of every object; it must exist."),
  image: passed(
    imageReference,
    'an image reference; accepted: "registry/name:tag" or "registry/name@sha256:<digest>"',
  ).describe("Container image of the version to release. Changing it starts a canary."),
  attempt: whole(1, 1000, "which attempt at this image this is")
    .default(1)
    .describe("Which attempt at releasing this image this is: raise it to try an aborted image again."),
  exceptions: z
    .record(
      text(
        ruleName,
        "the name of a rule of the gate; accepted: lower case letters and '-', at most 56, as in \"first-weight\"",
      ),
      text(/^until \d{4}-\d{2}-\d{2}: [^\p{C}\u2028\u2029]{10,1000}$/u, untilRule).refine(
        (value) => isDay(value.slice("until ".length, "until 2027-01-31".length)),
        { error: untilRule },
      ),
    )
    .default({})
    .describe('Rules of the gate that this release is excepted from: rule to "until <day>: <reason>".'),
};
