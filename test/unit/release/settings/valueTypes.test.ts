import assert from "node:assert/strict";
import type { ReleaseArgs } from "../../../../release/settings";
import { leastRelease, refusalsOf, settingsOf } from "../../../support/releases";

const refused = (change: Partial<ReleaseArgs>) => refusalsOf(() => settingsOf({ ...leastRelease, ...change }));

describe("a path", () => {
  const given: readonly ((path: string) => Partial<ReleaseArgs>)[] = [
    (path) => ({ path }),
    (path) => ({ metricsPath: path }),
    (path) => ({ readiness: { path } }),
    (path) => ({ liveness: { path } }),
  ];
  for (const path of [
    "shop",
    "/a`b",
    "/a b",
    '/a"b',
    "/a\\b",
    "/a//b",
    "/./a",
    "/a/..",
    "/a?b",
    "/a#b",
    "/a%2",
    "/a%2Fb",
    "/a%2fb",
    "/%2e%2E/",
    "/{{x}}",
    "/\u00e9",
    `/${"a".repeat(1024)}`,
  ]) {
    it(`${JSON.stringify(path.slice(0, 40))} is refused wherever one is given`, () => {
      for (const change of given) assert.match(refused(change(path)).join(), /accepted: "\/" and what RFC 3986 allows/);
    });
  }
  for (const path of ["/", "/a.b/c-d_e~f/", "/a%20b", "/a:b@c,d;e=f", `/${"a".repeat(1023)}`]) {
    it(`${JSON.stringify(path.slice(0, 40))} is accepted wherever one is given`, () => {
      for (const change of given) assert.deepEqual(refused(change(path)), []);
    });
  }

  it("with a semicolon is refused beside a cookie, whose path would end there", () => {
    assert.match(
      refused({ path: "/a;b", sticky: { cookie: "version" } }).join(),
      /^path = "\/a;b": .*without a semicolon$/,
    );
  });
});

describe("a URL", () => {
  const given: readonly ((url: string) => Partial<ReleaseArgs>)[] = [
    (address) => ({ prometheus: { address } }),
    (url) => ({ loadTester: { url } }),
    (webhook) => ({ smokeTest: { webhook } }),
  ];
  for (const url of [
    "prometheus:9090",
    "ftp://a",
    "http://user@a",
    "http://u:p@a",
    "http://a b",
    "http://a\n",
    "\u0007http://a",
    "http://a/#b",
    "http://a/{{x}}",
    "http://",
  ]) {
    it(`${JSON.stringify(url)} is refused wherever one is given`, () => {
      for (const change of given)
        assert.match(refused(change(url)).join(), /accepted: "http:\/\/.*without credentials/);
    });
  }

  it("is written in its normal form", () => {
    const addressOf = (address: string) => settingsOf({ ...leastRelease, prometheus: { address } }).prometheus.address;
    assert.equal(addressOf("HTTP://Prometheus.Monitoring:80/"), "http://prometheus.monitoring");
    assert.equal(addressOf("https://a.example.com/b'c\"d"), "https://a.example.com/b'c%22d");
  });
});

describe("a reference to an image", () => {
  for (const image of [
    "shop",
    "registry.example.com:5000/team/shop:1.4.0",
    `r/x@sha256:${"a".repeat(64)}`,
    "r/x__y--z:v",
  ]) {
    it(`${image.slice(0, 40)} is accepted`, () => assert.deepEqual(refused({ image }), []));
  }
  for (const image of [
    "",
    "shop:",
    "a//b",
    "shop latest",
    "-shop",
    `${"a".repeat(256)}`,
    "/".repeat(5000),
    `${"a/".repeat(5000)}!`,
  ]) {
    it(`${JSON.stringify(image.slice(0, 20))} of ${image.length} characters is refused`, () =>
      assert.equal(refused({ image }).length, 1));
  }
});
