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
      'segments[0].when[0].regex = "(?=a)": a regular expression for the whole value; accepted: RE2\'s syntax',
    ],
    [
      "a name of a header that HTTP refuses",
      segment({ header: "x group", exact: "staff" }),
      'segments[0].when[0].header = "x group": the name of a header; accepted: an HTTP token',
    ],
  ]);
});
