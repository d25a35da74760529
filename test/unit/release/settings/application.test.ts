import assert from "node:assert/strict";
import { itRefuses, leastRelease, settingsOf } from "../../../support/releases";

describe("the application", () => {
  it("passes on an image that is known later, untouched", () => {
    const later = { apply: () => later };
    assert.equal(settingsOf({ ...leastRelease, image: later }).image, later);
  });

  const long = (length: number) => "a".repeat(length);
  itRefuses([
    [
      "a name that is no DNS label",
      { application: "Shop_1" },
      'application = "Shop_1": the application\'s name is a DNS label',
    ],
    ["an image with a space", { image: "shop 1" }, 'image = "shop 1": an image reference'],
    ["a missing image", { image: undefined }, "image = (missing): an image reference"],
    [
      "an exception without a reason",
      { exceptions: { "first-weight": "until 2027-01-31: ok" } },
      'exceptions.first-weight = "until 2027-01-31: ok": until which day, and why',
    ],
    [
      "an exception until a day that no calendar has",
      { exceptions: { "first-weight": "until 2027-02-30: both teams agreed on it" } },
      'exceptions.first-weight = "until 2027-02-30: both teams agreed on it": until which day, and why',
    ],
    ...["-canary", "-primary", "-segments", "-host", "-weights", "-smoke-test"].map(
      (suffix) =>
        [
          `a name that an object of another application has, by its ${suffix}`,
          { application: `shop${suffix}` },
          `application = "shop${suffix}": an object of another application may have this name; accepted: `,
        ] as const,
    ),
    [
      "an image that only looks as if it were known later",
      { image: { apply: "x", then: 1 } },
      'image = {"apply":"x","then":1}: an image reference',
    ],
    ["a function as an image", { image: () => "shop:1" }, "image = () => "],
    [
      "a name that leaves no room for suffixes",
      { application: long(41) },
      `application = "${long(41)}": the application's name`,
    ],
    [
      "a namespace that Kubernetes refuses",
      { namespace: long(64) },
      `namespace = "${long(64)}": a namespace is a DNS label; accepted: lower case letters, digits and '-', at most 63`,
    ],
    [
      "an exception that would make an annotation's key too long",
      { exceptions: { [long(57)]: "until 2027-01-31: both teams agreed on it" } },
      `exceptions.${long(57)}: the name of a rule of the gate; accepted: lower case letters and '-', at most 56`,
    ],
  ]);
});
