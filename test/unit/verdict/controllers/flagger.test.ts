import assert from "node:assert/strict";
import { abortedBefore } from "../../../../verdict/aborted";
import type { AwaitedRelease } from "../../../../verdict/awaited";
import { canaryRelease, verdict, wayBack, type CanaryObjects } from "../../../../verdict/controllers/flagger";
import { findingInWords } from "../../../../verdict/findings";
import type { CanaryStatus } from "../../../../verdict/types/flagger";
import type { Deployment, Event } from "../../../../verdict/types/kubernetes";
import { wait } from "../../../../verdict/wait";
import { awaited as ofRollout } from "../builders";

/** Objects as Flagger 1.44 wrote them during a real release, cut down to what the verdict reads. */
const awaited: AwaitedRelease = {
  ...ofRollout,
  controller: "flagger",
  stableService: undefined,
  canaryService: undefined,
  weight: {
    apiVersion: "traefik.io/v1alpha1",
    kind: "TraefikService",
    name: "shop",
    path: ["spec", "weighted", "services", 1, "weight"],
  },
  loadTester: "http://flagger-loadtester.flagger-system",
  steps: [
    { weight: 25, hold: 20 },
    { weight: 50, hold: "until promoted" },
  ],
};

const at = (second: number) => new Date(Date.UTC(2026, 10, 21, 6, 20, second)).toISOString();
const changed = 10;

const template = (image: string, more: { attempt?: string; suffix?: string; id?: string } = {}) => ({
  metadata: {
    labels: { "app.kubernetes.io/name": `shop${more.suffix ?? ""}` },
    annotations: { ...(more.attempt && { "canary/attempt": more.attempt }), ...(more.id && { "flagger-id": more.id }) },
  },
  spec: {
    containers: [{ image }],
    volumes: [{ name: "mount-1", configMap: { name: `settings${more.suffix ?? ""}` } }],
  },
});

/** The target, whose template changed at the tenth second, and was scaled by Flagger since. */
const target = (image: string, replicas = 4, attempt?: string): Deployment => ({
  metadata: {
    managedFields: [
      { time: at(changed), fieldsV1: { "f:spec": { "f:template": {} } } },
      { time: at(59), fieldsV1: { "f:spec": { "f:replicas": {} } } },
    ],
  },
  spec: { replicas, template: template(image, attempt === undefined ? {} : { attempt }) },
});
/** Flagger's copy: another order of keys, names with a suffix, a mark of its own. */
const primary = (image: string, availableReplicas = 4): Deployment => {
  const { metadata, spec } = template(image, { suffix: "-primary", id: "bbe7b575" });
  return { spec: { replicas: 4, template: { spec, metadata } }, status: { availableReplicas } };
};

const status = (phase: CanaryStatus["phase"], second: number, change: Partial<CanaryStatus> = {}): CanaryStatus => ({
  phase: phase ?? "",
  canaryWeight: 0,
  failedChecks: 0,
  lastTransitionTime: at(second),
  conditions: [{ message: `message of ${phase}`, lastUpdateTime: at(second) }],
  ...change,
});

function found(change: Partial<CanaryObjects> & { status?: CanaryStatus } = {}): CanaryObjects {
  const { status: is, ...objects } = change;
  return {
    canary: { metadata: {}, spec: { analysis: { interval: "10s" } }, ...(is && { status: is }) },
    target: target("shop:2"),
    primary: primary("shop:1"),
    weightObject: { spec: { weighted: { services: [{ weight: 100 }] } } },
    events: [],
    ...objects,
  };
}

const warning = (second: number, message: string): Event => ({ type: "Warning", message, lastTimestamp: at(second) });
const errorRate = (second: number) => warning(second, "Halt shop.demo advancement error-rate 0.20 > 0.05");
const gatePassed = (second: number): Event => ({
  type: "Normal",
  message: "Confirm-traffic-increase check request-rate passed",
  lastTimestamp: at(second),
});
const gateClosed = (second: number) =>
  warning(second, "Halt shop.demo advancement waiting for traffic increase approval error-rate");
const rolledBack = (second: number) => [
  warning(second, "Rolling back shop.demo failed checks threshold reached 2"),
  warning(second, "(combined from similar events): Canary failed! Scaling down shop.demo"),
];

describe("the verdict on a Canary", () => {
  const notSeen = {
    is: "in progress",
    at: undefined,
    doing: "Flagger has not seen the new version yet: it looks every 10s",
  } as const;
  const promoted = { is: "promoted", firstDeploy: false } as const;
  const table: [string, CanaryObjects, Partial<ReturnType<typeof verdict>>][] = [
    [
      "no controller has looked",
      found({ primary: undefined }),
      {
        is: "in progress",
        at: undefined,
        doing: "no controller has looked at the Canary yet: does Flagger run in this cluster?",
      },
    ],
    [
      "the first deploy starts",
      found({ status: status("Initializing", 12), primary: primary("shop:2", 0) }),
      { is: "in progress", doing: "first deploy, the stable version's pods start" },
    ],
    [
      "the first deploy's pods do not start",
      found({
        status: status("Initializing", 12),
        primary: primary("shop:2", 0),
        events: [warning(22, "shop-primary.demo not ready: waiting for rollout to finish")],
      }),
      { is: "in progress", doing: "first deploy, shop-primary.demo not ready: waiting for rollout to finish" },
    ],
    [
      "the first deploy is done",
      found({ status: status("Initialized", 32), target: target("shop:2", 0), primary: primary("shop:2") }),
      { is: "promoted", firstDeploy: true },
    ],
    ["the first release is not seen yet", found({ status: status("Initialized", 5) }), notSeen],
    ["the version before was promoted, this one is not seen yet", found({ status: status("Succeeded", 5) }), notSeen],
    ["the version before was promoted after this one was applied", found({ status: status("Succeeded", 40) }), notSeen],
    [
      "the version before was taken back, this one is not seen yet",
      found({ status: status("Failed", 5, { lastTransitionTime: at(50) }) }),
      notSeen,
    ],
    [
      "the version before was taken back in the moment in which this one was applied",
      found({ status: status("Failed", 12, { lastTransitionTime: at(50) }) }),
      notSeen,
    ],
    [
      "another version is in flight, this one is not seen yet",
      found({ status: status("Progressing", 5, { canaryWeight: 50 }) }),
      notSeen,
    ],
    [
      "its pods start",
      found({ status: status("Progressing", 20) }),
      { is: "in progress", at: { step: 0, steps: 2, weight: 0 }, doing: "the canary's pods start" },
    ],
    [
      "its pods do not start",
      found({
        status: status("Progressing", 20),
        events: [warning(30, "canary deployment shop.demo not ready: 0 of 4 updated replicas are available")],
      }),
      { is: "in progress", doing: "canary deployment shop.demo not ready: 0 of 4 updated replicas are available" },
    ],
    [
      "at a timed hold",
      found({ status: status("Progressing", 30, { canaryWeight: 25 }) }),
      { is: "in progress", at: { step: 1, steps: 2, weight: 25 }, doing: "held for 20s", findings: [] },
    ],
    [
      "the gate holds it",
      found({
        status: status("Progressing", 30, { canaryWeight: 25 }),
        events: [warning(40, "Halt shop.demo advancement waiting for traffic increase approval hold")],
      }),
      { is: "in progress", doing: "held for 20s", findings: [] },
    ],
    [
      "a metric's gate holds it, beside another that does not",
      found({ status: status("Progressing", 20, { canaryWeight: 25 }), events: [gatePassed(40), gateClosed(40)] }),
      { is: "in progress", doing: "held by its gate: error-rate must have data, and be below 5 %", findings: [] },
    ],
    [
      "a metric's gate held it, and another does now",
      found({
        status: status("Progressing", 20, { canaryWeight: 25 }),
        events: [gateClosed(40), warning(50, "Halt shop.demo advancement waiting for traffic increase approval hold")],
      }),
      { is: "in progress", doing: "held for 20s" },
    ],
    [
      "a metric's gate held the step before",
      found({ status: status("Progressing", 41, { canaryWeight: 25 }), events: [gateClosed(40)] }),
      { is: "in progress", doing: "held for 20s" },
    ],
    [
      "a metric's gate holds it two looks beyond its time",
      found({ status: status("Progressing", 17, { canaryWeight: 25 }), events: [gatePassed(55), gateClosed(55)] }),
      {
        is: "held",
        at: { step: 1, steps: 2, weight: 25 },
        findings: [],
        message: "error-rate must have data, and be below 5 %",
      },
    ],
    [
      "at a hold for a person",
      found({ status: status("Progressing", 50, { canaryWeight: 50 }) }),
      { is: "waiting for promotion", at: { step: 2, steps: 2, weight: 50 } },
    ],
    [
      "the stable version takes it",
      found({ status: status("Promoting", 50, { canaryWeight: 50 }), primary: primary("shop:2", 3) }),
      { is: "in progress", doing: "promoted, the stable version's pods take the new version" },
    ],
    [
      "the requests leave the canary",
      found({ status: status("Finalising", 50), primary: primary("shop:2") }),
      { is: "in progress", doing: "promoted, all requests go to the stable version's pods" },
    ],
    [
      "it is promoted",
      found({ status: status("Succeeded", 55), target: target("shop:2", 0), primary: primary("shop:2") }),
      promoted,
    ],
    [
      "the old version was applied again after an abort",
      found({ status: status("Failed", 5), target: target("shop:1", 0) }),
      promoted,
    ],
    [
      "the promotion fails",
      found({
        status: status("Failed", 55, { canaryWeight: 100 }),
        primary: primary("shop:2", 0),
        events: [warning(55, "Promotion of shop.demo failed, primary not ready: deadline")],
      }),
      { is: "stuck", message: "Promotion of shop.demo failed, primary not ready: deadline." },
    ],
  ];
  for (const [when, objects, expected] of table) {
    it(`is "${expected.is}" when ${when}`, () => {
      const actual = verdict(objects, awaited);
      assert.deepEqual(
        Object.fromEntries(Object.keys(expected).map((key) => [key, actual[key as keyof typeof actual]])),
        expected,
      );
    });
  }

  const abortedWith = (...events: Event[]) => {
    const actual = verdict(
      found({ status: status("Failed", 50, { lastTransitionTime: at(59) }), target: target("shop:2", 0), events }),
      awaited,
    );
    assert.ok(actual.is === "aborted", actual.is);
    return actual;
  };
  const reasons: [string, readonly Event[], readonly string[], RegExp][] = [
    [
      "a metric",
      [errorRate(40), ...rolledBack(50)],
      ["error-rate was 20 %, must be below 5 % (2 failed checks)"],
      /error-rate/,
    ],
    [
      "the latency",
      [warning(40, "Halt shop.demo advancement latency-p95 1.47 > 0.2"), ...rolledBack(50)],
      ["latency-p95 was 1.47 s, must be below 200ms (2 failed checks)"],
      /latency/,
    ],
    [
      "no data",
      [
        warning(40, "Halt advancement no values found for custom metric: error-rate: no values found"),
        ...rolledBack(50),
      ],
      ["error-rate had no data, must be below 5 % (2 failed checks)"],
      /no values/,
    ],
    [
      "Prometheus",
      [warning(40, "Metric query failed for error-rate: request failed: connection refused"), ...rolledBack(50)],
      ["error-rate could not be measured (2 failed checks): request failed: connection refused"],
      /refused/,
    ],
    [
      "missing requests",
      [
        warning(
          40,
          "Halt shop.demo advancement external check request-rate failed POST http://tester/ giving up after 1 attempt(s)",
        ),
        ...rolledBack(50),
      ],
      ["request-rate had no data, must be at least 1 requests/s (2 failed checks)"],
      /external check/,
    ],
    [
      "a smoke test",
      [
        warning(40, "Halt shop.demo advancement pre-rollout check smoke-test failed unexpected response code 500"),
        ...rolledBack(50),
      ],
      ["smoke-test failed: unexpected response code 500"],
      /pre-rollout check/,
    ],
    [
      "a check that is no metric's",
      [
        warning(
          40,
          "Halt shop.demo advancement external check prometheus failed POST http://tester/ giving up after 1 attempt(s)",
        ),
        ...rolledBack(50),
      ],
      [],
      /external check prometheus failed/,
    ],
    [
      "pods that do not start",
      [
        warning(50, 'canary deployment shop.demo not ready: deployment "shop" exceeded its progress deadline'),
        ...rolledBack(50).slice(1),
      ],
      [],
      /exceeded its progress deadline/,
    ],
    ["a reason that Flagger could not write any more", rolledBack(50).slice(1), [], /the reason is in Flagger's log/],
    [
      "a reason, not a failed check long before",
      [errorRate(15), ...rolledBack(50)],
      [],
      /the reason is in Flagger's log/,
    ],
    [
      "a reason, not a failed check of the version before",
      [errorRate(5), ...rolledBack(50)],
      [],
      /the reason is in Flagger's log/,
    ],
  ];
  for (const [what, events, findings, message] of reasons) {
    it(`names ${what} after an abort`, () => {
      const actual = abortedWith(...events);
      assert.deepEqual(actual.findings.map(findingInWords), findings);
      assert.match(actual.message, message);
    });
  }

  it("names the check that failed while the release goes on, and none that the status is not about", () => {
    const measured = (second: number, failedChecks: number) => {
      const actual = verdict(
        found({ status: status("Progressing", second, { canaryWeight: 25, failedChecks }), events: [errorRate(40)] }),
        awaited,
      );
      return actual.is === "in progress" ? actual.findings.map(findingInWords) : [actual.is];
    };
    assert.deepEqual(measured(40, 1), ["error-rate was 20 %, must be below 5 % (1 failed check)"]);
    assert.deepEqual(measured(50, 2), []);
    assert.deepEqual(measured(40, 0), []);
  });
});

describe("the way back of a Canary", () => {
  const back = found({ status: status("Failed", 50), target: target("shop:2", 0) });
  const missing: [string, CanaryObjects, "traffic" | "pods", string][] = [
    [
      "the Canary's weight",
      { ...back, canary: { ...back.canary, status: status("Failed", 50, { canaryWeight: 25 }) } },
      "traffic",
      "Canary shop: status.canaryWeight is 25, should be 0",
    ],
    [
      "the router's weight",
      { ...back, weightObject: { spec: { weighted: { services: [{ weight: 75 }, { weight: 25 }] } } } },
      "traffic",
      "TraefikService shop: spec.weighted.services[1].weight is 25, should be 0",
    ],
    [
      "the router's object",
      { ...back, weightObject: undefined },
      "traffic",
      "TraefikService shop: spec.weighted.services[1].weight is not set, should be 0",
    ],
    [
      "stable pods",
      { ...back, primary: primary("shop:1", 2) },
      "pods",
      "Deployment shop-primary: status.availableReplicas is 2, should be 4",
    ],
    [
      "the canary's scale-down",
      { ...back, target: target("shop:2", 4) },
      "pods",
      "Deployment shop: spec.replicas is 4, should be 0",
    ],
  ];
  it("is complete without the canary in the router, and with a weight of 0", () => {
    assert.deepEqual(wayBack(back, awaited), { traffic: [], pods: [] });
    assert.deepEqual(
      wayBack(
        { ...back, weightObject: { spec: { weighted: { services: [{ weight: 100 }, { weight: 0 }] } } } },
        awaited,
      ),
      { traffic: [], pods: [] },
    );
  });
  for (const [name, objects, list, item] of missing) {
    it(`misses ${name}`, () => assert.deepEqual(wayBack(objects, awaited), { traffic: [], pods: [], [list]: [item] }));
  }
});

const releaseOf = (objects: () => CanaryObjects) => canaryRelease(awaited, async () => objects());

describe("waiting for Flagger's verdict", () => {
  /** Plays what the cluster holds, by the second; the last lasts. */
  async function play(...scenes: readonly CanaryObjects[]) {
    const lines: string[] = [];
    let second = 0;
    const code = await wait(awaited, {
      release: releaseOf(() => scenes[Math.min(second, scenes.length - 1)] ?? found()),
      print: (line) => lines.push(line),
      complain: (line) => lines.push(line),
      now: () => second * 1000,
      sleep: async (milliseconds) => {
        second += milliseconds / 1000;
      },
    });
    return { code, lines };
  }

  it("names what failed, says that the way back is complete, and what would try it again", async () => {
    const events = [errorRate(40), ...rolledBack(50)];
    const failed = (replicas: number) =>
      found({ status: status("Failed", 50), target: target("shop:2", replicas), events });
    const progressing = found({
      status: status("Progressing", 40, { canaryWeight: 25, failedChecks: 1 }),
      events: [errorRate(40)],
    });
    const { code, lines } = await play(
      found({ status: status("Succeeded", 5) }),
      progressing,
      failed(4),
      failed(4),
      failed(0),
    );
    assert.equal(code, 1);
    assert.deepEqual(lines, [
      "Flagger has not seen the new version yet: it looks every 10s",
      "measured: error-rate was 20 %, must be below 5 % (1 failed check)",
      "step 1 of 2, weight 25 %: held for 20s",
      "aborted: error-rate was 20 %, must be below 5 % (2 failed checks)",
      "the stable version has all requests again (seen 0s after the abort was)",
      "way back complete: weight 0, 4 replicas of shop-primary available, none of shop",
      "Deployment shop still names the aborted version and does not try it again by itself. To try it again as it is: raise canary:attempt.",
    ]);
  });

  it("ends well at a hold for a person, and says who can do what", async () => {
    const { code, lines } = await play(found({ status: status("Progressing", 50, { canaryWeight: 50 }) }));
    assert.equal(code, 0);
    assert.deepEqual(lines.slice(1), [
      `  curl -d '{"name":"shop","namespace":"demo"}' http://flagger-loadtester.flagger-system/gate/open`,
      "  from inside the cluster; Flagger sees it at its next look",
      "or takes it back:",
      `  kubectl patch canary shop -n demo --subresource=status --type=merge -p '{"status":{"failedChecks":1000}}'`,
    ]);
  });
});

describe("waiting at a closed gate of Flagger's", () => {
  it("ends well, and says until when it holds and who can do what", async () => {
    const lines: string[] = [];
    const held = found({ status: status("Progressing", 17, { canaryWeight: 25 }), events: [gateClosed(55)] });
    const print = (line: string) => void lines.push(line);
    assert.equal(
      await wait(awaited, {
        release: releaseOf(() => held),
        print,
        complain: print,
        now: () => 0,
        sleep: () => assert.fail("held already"),
      }),
      0,
    );
    assert.deepEqual(lines.slice(0, 3), [
      "held: error-rate must have data, and be below 5 %",
      "shop stays at step 1 of 2, weight 25 % until it is so at one of Flagger's looks, or a person lets it go on:",
      `  curl -d '{"name":"shop","namespace":"demo"}' http://flagger-loadtester.flagger-system/gate/open`,
    ]);
  });
});

describe("a release that Flagger aborted before", () => {
  const failed = (image: string, attempt?: string) =>
    found({
      status: status("Failed", 50),
      target: target(image, 0, attempt),
      events: [errorRate(40), ...rolledBack(50)],
    });
  const refusal = (objects: CanaryObjects, image: string, attempt = 1) =>
    abortedBefore(
      { image, attempt },
      releaseOf(() => objects),
    );

  it("is refused as it was, with the image that runs", async () => {
    const expected =
      'image = "shop:2": the cluster aborted this release and runs shop:1; aborted: error-rate was 20 %, must be below 5 % (2 failed checks); accepted: another image, or attempt = 2 to try this one again';
    assert.equal(await refusal(failed("shop:2"), "shop:2"), expected);
    assert.match((await refusal(failed("shop:2", "2"), "shop:2", 2)) ?? "", /attempt = 3/);
  });
  it("is accepted with another image, as another attempt, and while it is in flight", async () => {
    assert.equal(await refusal(failed("shop:2"), "shop:3"), undefined);
    assert.equal(await refusal(failed("shop:2"), "shop:1"), undefined);
    assert.equal(await refusal(failed("shop:2"), "shop:2", 2), undefined);
    assert.equal(await refusal(found({ status: status("Progressing", 30) }), "shop:2"), undefined);
  });
});
