import { z } from "zod";
import { dnsLabel, imageReference, passed, text, whole } from "./valueTypes";

/** Kubernetes takes 63 characters after the "/" of an annotation's key, which begin with "except." here. */
const ruleName = /^(?=.{1,56}$)[a-z]+(-[a-z]+)*$/;

/** What is released, and how often that was tried. */
export const applicationKeys = {
  application: text(
    dnsLabel,
    "the application's name is a DNS label; accepted: lower case letters, digits and '-', at most 40",
  )
    .max(40, { error: "the application's name leaves room for suffixes; accepted: at most 40 characters" })
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
      text(
        /^until \d{4}-\d{2}-\d{2}: .{10,}$/,
        'until when, and why, in ten characters or more; accepted: "until 2027-01-31: both teams agreed on larger stages"',
      ),
    )
    .default({})
    .describe('Rules of the gate that this release is excepted from: rule to "until <day>: <reason>".'),
};
