import assert from "node:assert/strict";
import { itRefuses, settingsWith } from "../../../support/releases";

describe("the segments", () => {
  it("compare headers without regard to the case of letters", () => {
    const [segment] = settingsWith({
      segments: [{ name: "staff", when: [{ header: "X-Group", exact: "Staff" }] }],
    }).segments;
    assert.deepEqual(segment, {
      name: "staff",
      gets: "canary",
      when: [{ header: "x-group", match: "exact", value: "Staff" }],
    });
  });

  it("take the regular expressions of RE2", () => {
    for (const regex of ["(?i)eu-.*", "(?P<region>eu)-[[:alpha:]]+", "\\pL{1,1000}", "a|b"])
      assert.doesNotThrow(() => settingsWith({ segments: [{ name: "staff", when: [{ header: "x-region", regex }] }] }));
  });

  const long = (length: number) => "a".repeat(length);
  const header = "x-group";
  const segment = (when: object, name = "staff") => ({ segments: [{ name, when: [when] }] });
  const one = "one thing that a request carries; accepted: {header, exact | prefix | regex} or {cookie, exact}";
  itRefuses([
    [
      "a name that Kubernetes refuses",
      segment({ header, exact: "staff" }, long(64)),
      `segments[0].name = "${long(64)}": the name of a segment is a DNS label; accepted: lower case letters, digits and '-', at most 63`,
    ],
    ["one that asks for nothing", { segments: [{ name: "staff", when: [] }] }, `segments[0].when = []: ${one}`],
    [
      "a header and a cookie in one",
      segment({ header, cookie: "beta", exact: "staff" }),
      `segments[0].when[0] = {"header":"x-group","cookie":"beta","exact":"staff"}: ${one}`,
    ],
    [
      "two values in one",
      segment({ header, exact: "staff", prefix: "st" }),
      `segments[0].when[0] = {"header":"x-group","exact":"staff","prefix":"st"}: ${one}`,
    ],
    [
      "the prefix of a cookie",
      segment({ cookie: "beta", prefix: "al" }),
      `segments[0].when[0] = {"cookie":"beta","prefix":"al"}: ${one}`,
    ],
    [
      "a regular expression that not every router reads alike",
      segment({ header, regex: "(?=a)" }),
      'segments[0].when[0].regex = "(?=a)": a regular expression for the whole value, without anchors; accepted: RE2\'s syntax',
    ],
    ...["(?=a)", "(?<!a)b", "(a)\\1", "a{1001}", "a++", "\\d{2,1}", "^a", "a$", "é", ""].map(
      (regex) =>
        [
          `the regular expression ${regex}`,
          segment({ header, regex }),
          `segments[0].when[0].regex = ${JSON.stringify(regex)}: a regular expression for the whole value, without anchors; accepted: RE2's syntax`,
        ] as const,
    ),
    ...["é", "a\nb", " a", "a ", "a;b", long(1025)].map(
      (exact) =>
        [
          `the value ${JSON.stringify(exact.slice(0, 20))}`,
          segment({ header, exact }),
          "segments[0].when[0].exact = ",
        ] as const,
    ),
    [
      "more than a match may name",
      {
        segments: [
          { name: "staff", when: Array.from({ length: 17 }, (_, index) => ({ header: `x-${index}`, exact: "1" })) },
        ],
      },
      "segments[0].when = [",
    ],
    [
      "more than a route may have",
      { segments: Array.from({ length: 65 }, (_, index) => ({ name: `s${index}`, when: [{ header, exact: "1" }] })) },
      "segments = [",
    ],
    [
      "a name that another one has",
      { segments: [1, 2].map((value) => ({ name: "staff", when: [{ header, exact: `${value}` }] })) },
      'segments[1].name = "staff": a segment\'s name is its own; accepted: ',
    ],
    [
      "a name of a header that HTTP refuses",
      segment({ header: "x group", exact: "staff" }),
      'segments[0].when[0].header = "x group": the name of a header; accepted: an HTTP token',
    ],
  ]);
});
