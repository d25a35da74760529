import assert from "node:assert/strict";
import { gateScript, metricScript, type Gated } from "../../../../manifests/controllers/flaggerGate";
import type { CanarySpec, MetricTemplateSpec } from "../../../../manifests/types/flagger";
import { routerNames, type ReleaseArgs, type RouterName } from "../../../../release/settings";
import type { Metric } from "../../../../release/metrics/metrics";
import { startLoadTester, type SeenByHooks, type LoadTester } from "../../../support/loadTester";
import { startPrometheus, type FakePrometheus, type QueryAnswer } from "../../../support/prometheus";
import { refusalsOf, releaseWith, settingsWith } from "../../../support/releases";

const judgement = { interval: "30s", window: "2m", initialDelay: "30s" } as const;
const even = [
  { weight: 25, hold: "2m" },
  { weight: 50, hold: "2m" },
];
const flagger: Partial<ReleaseArgs> = {
  controller: "flagger",
  router: "traefik",
  steps: even,
  judgement: { ...judgement, interval: "2m" },
};
const released = (change: Partial<ReleaseArgs> = {}) => releaseWith({ ...flagger, ...change });
const specOf = <Spec>(role: string, change: Partial<ReleaseArgs> = {}) =>
  released(change).objects.find((described) => described.role === role)?.object.spec as Spec;
const canary = (change: Partial<ReleaseArgs> = {}) => specOf<CanarySpec>("canary", change);
const byFlagger = routerNames.filter((router): router is RouterName => router !== "service");

const refusals = (change: Partial<ReleaseArgs>) => refusalsOf(() => released(change));

describe("a release under Flagger", () => {
  it("steps through the plan by itself where each hold is the interval", () => {
    const { objects, notices } = released();
    assert.deepEqual(
      objects.map(({ role }) => role),
      [
        "disruption-budget",
        "target-deployment",
        "ingress-route",
        "metric-request-rate",
        "metric-error-rate",
        "metric-latency-p95",
        "canary",
      ],
    );
    const { interval, threshold, stepWeights, webhooks } = canary().analysis;
    assert.deepEqual(
      { interval, threshold, stepWeights, webhooks },
      { interval: "120s", threshold: 3, stepWeights: [25, 50], webhooks: undefined },
    );
    assert.equal(
      notices.some((notice) => notice.includes("load tester")),
      false,
    );
  });

  it("judges by bounds of which the threshold is the last good value, over the window", () => {
    assert.deepEqual(
      canary().analysis.metrics.map(({ name, interval, thresholdRange, templateRef }) => [
        name,
        interval,
        thresholdRange,
        templateRef.name,
      ]),
      [
        ["request-rate", "120s", { min: 0.1 }, "shop-request-rate"],
        ["error-rate", "120s", { max: 0.05 }, "shop-error-rate"],
        ["latency-p95", "120s", { max: 1 }, "shop-latency-p95"],
      ],
    );
  });

  it("tells the canary's requests by the label that the stable version's pods have with a suffix", () => {
    const { query } = specOf<MetricTemplateSpec>("metric-request-rate");
    assert.equal(
      query,
      'sum(rate(http_server_request_duration_seconds_count{namespace="{{ namespace }}",app_kubernetes_io_name="shop"}[2m]))',
    );
    const { selector } = specOf<{ selector: unknown }>("disruption-budget");
    assert.deepEqual(selector, {
      matchExpressions: [{ key: "app.kubernetes.io/name", operator: "In", values: ["shop", "shop-primary"] }],
    });
  });

  it("turns no data into a value that passes, with the reason in writing, only where it passes", () => {
    const pass = { ...judgement, interval: "2m", noData: { pass: "nobody uses it at night" } };
    const { objects } = released({ judgement: pass });
    const template = objects.find(({ role }) => role === "metric-latency-p95")?.object;
    assert.match(
      (template?.spec as MetricTemplateSpec).query,
      /^\(\(histogram_quantile\(.*\)\) >= -Inf\) or on\(\) vector\(1\)$/,
    );
    assert.equal(template?.metadata.annotations?.["canary/passes-without-data"], "nobody uses it at night");
    assert.doesNotMatch(specOf<MetricTemplateSpec>("metric-latency-p95").query, /vector\(1\)$/);
  });

  it("makes of no data a value that passes a lower bound too", () => {
    const change = {
      thresholds: { successRate: "99%" },
      judgement: { ...judgement, interval: "2m", noData: { pass: "nobody uses it at night" } },
    } as const;
    assert.match(specOf<MetricTemplateSpec>("metric-success-rate", change).query, /or on\(\) vector\(0\.99\)$/);
    assert.deepEqual(canary(change).analysis.metrics.find(({ name }) => name === "success-rate")?.thresholdRange, {
      min: 0.99,
    });
  });

  it("leaves the number of the target's pods to Flagger, and is not waited for", () => {
    assert.deepEqual(released().owned, [{ role: "target-deployment", field: "spec.replicas", by: "flagger" }]);
    const target = released().objects.find(({ role }) => role === "target-deployment")?.object;
    assert.equal(target?.metadata.annotations?.["pulumi.com/skipAwait"], "true");
    assert.equal(target?.metadata.name, "shop");
  });

  for (const router of byFlagger) {
    it(`${router}: declares nothing that Flagger makes, and no two of one kind and name`, () => {
      const names = released({ router }).objects.map(({ object }) => `${object.kind}/${object.metadata.name}`);
      assert.deepEqual([...new Set(names)], names);
      const made = [
        "Service/shop",
        "Service/shop-primary",
        "Service/shop-canary",
        "Deployment/shop-primary",
        "Ingress/shop-canary",
        "TraefikService/shop",
        "HTTPRoute/shop",
        "VirtualService/shop",
      ];
      assert.deepEqual(
        names.filter((name) => made.includes(name)),
        [],
      );
    });
  }

  it("says in the plan that Traefik's weight of 100 is none", () => {
    const saysSo = (weight: number) =>
      released({ steps: [{ weight, hold: "2m" }] }).notices.some((notice) => notice.includes("one request in 101"));
    assert.deepEqual([saysSo(100), saysSo(50)], [true, false]);
  });

  it("keeps who never gets the canary with the Service that Flagger leads to the stable version", () => {
    const bank: ReleaseArgs["segments"] = [
      { name: "bank", gets: "stable", when: [{ header: "x-customer", exact: "bank" }] },
    ];
    const objects = (router: RouterName) =>
      JSON.stringify(released({ router, segments: bank }).objects.map(({ object }) => object));
    assert.match(
      objects("traefik"),
      /Header\(\\"x-customer\\", \\"bank\\"\)\)","priority":\d+,"services":\[\{"kind":"Service","name":"shop","port":80\}\]/,
    );
    assert.match(
      objects("istio"),
      /"headers":\{"x-customer":\{"exact":"bank"\}\}\}\],"route":\[\{"destination":\{"host":"shop-primary"\}\}\]/,
    );
    assert.match(objects("gateway-api"), /"name":"shop-segments".*"backendRefs":\[\{"name":"shop","port":80\}\]/);
  });

  it("reads the weight behind the routes of the cookies where there are any", () => {
    const sticky = { sticky: { cookie: "version" } };
    assert.deepEqual(
      [released({ router: "istio" }).weight?.path[2], released({ router: "istio", ...sticky }).weight?.path[2]],
      [0, 2],
    );
    assert.deepEqual(canary({ router: "gateway-api", ...sticky }).analysis.sessionAffinity, {
      cookieName: "version",
      primaryCookieName: "version-stable",
      maxAge: 86400,
    });
  });

  it("hands its autoscaler to Flagger", () => {
    assert.deepEqual(canary({ autoscaling: { maxReplicas: 9 } }).autoscalerRef, {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      name: "shop",
    });
    const roles = released({ autoscaling: { maxReplicas: 9 } }).objects.map(({ role }) => role);
    assert.ok(roles.indexOf("autoscaler") < roles.indexOf("canary"));
  });

  const refused: [string, Partial<ReleaseArgs>, RegExp][] = [
    [
      "an interval below Flagger's floor",
      { judgement: { interval: "5s", window: "2m", initialDelay: "5s" } },
      /^judgement\.interval = "5s": Flagger measures every 10s at most; accepted: 10s or longer, or controller = "argo-rollouts"$/,
    ],
    [
      "a first measurement before there can be data",
      { judgement: { ...judgement, initialDelay: "3m" }, steps: [{ weight: 25, hold: "5m" }] },
      /^judgement\.initialDelay = "3m": Flagger first measures one interval after the first weight, which is 30s; accepted: 30s or shorter, judgement\.interval = "3m" or longer/,
    ],
    [
      "mirroring for longer than an interval",
      {
        router: "istio",
        judgement,
        steps: [
          { mirror: 10, hold: "2m" },
          { weight: 25, hold: "2m" },
        ],
      },
      /^steps\[0\]\.hold: Flagger mirrors for one interval, and no gate holds it longer; accepted: "30s"/,
    ],
    [
      "a cookie beside a mirror",
      {
        router: "istio",
        sticky: { cookie: "version" },
        judgement: { ...judgement, interval: "2m" },
        steps: [{ mirror: 10, hold: "2m" }, ...even],
      },
      /^sticky\.cookie = "version": router istio with controller flagger: with steps\[0\]\.mirror, Flagger mirrors on the route of an earlier release's cookie alone; accepted: /,
    ],
    [
      "a gate in a namespace that is known later",
      { judgement, namespace: Promise.resolve("later") },
      /^namespace = \(known later\): the gate that holds a step reads the Canary in it/,
    ],
    [
      "a warning in a namespace that is known later",
      { thresholds: { errorRate: { fail: "5%", warn: "1%" } }, namespace: Promise.resolve("later") },
      /^namespace = \(known later\): .*accepted: text, or holds of one interval each, no warnings and no data that fails$/,
    ],
    [
      "a hold without data in a namespace that is known later",
      { judgement: { ...judgement, interval: "2m", noData: "hold" }, namespace: Promise.resolve("later") },
      /^namespace = \(known later\)/,
    ],
  ];
  for (const [what, change, message] of refused) {
    it(`refuses ${what}`, () => {
      const found = refusals(change);
      assert.ok(
        found.some((refusal) => message.test(refusal)),
        found.join("\n"),
      );
    });
  }

  it("needs no namespace now where Flagger holds the steps by itself", () =>
    assert.doesNotThrow(() => released({ namespace: Promise.resolve("later") })));
});

describe("the gate of a release under Flagger", () => {
  const gated = {
    judgement,
    steps: [
      { weight: 25, hold: "2m" },
      { weight: 50, hold: "until promoted" },
    ],
  } satisfies Partial<ReleaseArgs>;

  it("is a webhook before each raise, and the right to read just this Canary", () => {
    const [webhook, ...more] = canary(gated).analysis.webhooks ?? [];
    assert.equal(more.length, 0);
    assert.deepEqual(
      { ...webhook, metadata: undefined },
      {
        type: "confirm-traffic-increase",
        name: "hold",
        url: "http://flagger-loadtester.flagger-system/",
        muteAlert: true,
        metadata: undefined,
      },
    );
    const objects = released(gated)
      .objects.filter(({ role }) => role.startsWith("gate-"))
      .map(({ object }) => object);
    assert.deepEqual(
      objects.map(({ metadata, ...object }) => [metadata.name, JSON.parse(JSON.stringify(object))]),
      [
        [
          "shop-gate",
          {
            apiVersion: "rbac.authorization.k8s.io/v1",
            kind: "Role",
            rules: [{ apiGroups: ["flagger.app"], resources: ["canaries"], resourceNames: ["shop"], verbs: ["get"] }],
          },
        ],
        [
          "shop-gate",
          {
            apiVersion: "rbac.authorization.k8s.io/v1",
            kind: "RoleBinding",
            roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "shop-gate" },
            subjects: [{ kind: "ServiceAccount", name: "default", namespace: "flagger-system" }],
          },
        ],
      ],
    );
  });

  it("is told of in the plan, with what a person says to go on", () => {
    const { notices } = released({
      ...gated,
      loadTester: { url: "http://tester.tools/", serviceAccount: "tester", namespace: "tools" },
    });
    const expected = [
      /need Flagger's load tester at http:\/\/tester\.tools, which may read the Canary as ServiceAccount tester in tools/,
      /a hold begins anew after a failed check/,
      /by: curl -d '\{"name":"shop","namespace":"default"\}' http:\/\/tester\.tools\/gate\/open$/,
    ];
    for (const notice of expected)
      assert.ok(
        notices.some((text) => notice.test(text)),
        notices.join("\n"),
      );
  });

  describe("runs", function () {
    this.timeout(20_000);
    let loadTester: LoadTester;
    before(async () => (loadTester = await startLoadTester()));
    after(() => loadTester.stop());

    const script = (interval: string, ...steps: ReleaseArgs["steps"] & object) =>
      gateScript({
        ...settingsWith({
          ...flagger,
          judgement: { ...judgement, interval, initialDelay: interval, window: "2m" },
          steps,
          loadTester: { url: loadTester.url },
        }),
        namespace: "demo",
      });
    const timed = () => script("10s", { weight: 25, hold: "2m" }, { weight: 50, hold: "2m" });
    const uneven = () => script("30s", { weight: 50, hold: "2m5s" });
    const manual = () => script("10s", { weight: 25, hold: "2m" }, { weight: 50, hold: "until promoted" });

    const cases: [string, () => string, SeenByHooks, { passes: boolean; gate: "open" | "closed" }][] = [
      ["does not hold before the first weight", timed, { weight: 0 }, { passes: true, gate: "closed" }],
      ["holds before the time is over", timed, { weight: 50, seconds: 100 }, { passes: false, gate: "closed" }],
      ["goes on when it is", timed, { weight: 50, seconds: 121 }, { passes: true, gate: "closed" }],
      [
        "goes on at the look that is a moment early",
        timed,
        { weight: 50, seconds: 118 },
        { passes: true, gate: "closed" },
      ],
      ["rounds a hold up to whole intervals", uneven, { weight: 50, seconds: 126 }, { passes: false, gate: "closed" }],
      ["and goes on at the next", uneven, { weight: 50, seconds: 149 }, { passes: true, gate: "closed" }],
      [
        "holds at a weight that the plan does not have",
        timed,
        { weight: 30, seconds: 900 },
        { passes: false, gate: "closed" },
      ],
      ["waits for a person however long", manual, { weight: 50, seconds: 90_000 }, { passes: false, gate: "closed" }],
      [
        "goes on when a person opened the gate, and closes it again",
        manual,
        { weight: 50, seconds: 10, gate: "open" },
        { passes: true, gate: "closed" },
      ],
      [
        "keeps a gate open that was opened before the step's time is over",
        manual,
        { weight: 25, seconds: 10, gate: "open" },
        { passes: false, gate: "open" },
      ],
      [
        "closes it when the step goes on, lest it opens the next",
        manual,
        { weight: 25, seconds: 120, gate: "open" },
        { passes: true, gate: "closed" },
      ],
      [
        "closes a gate that was opened for an earlier release",
        manual,
        { weight: 0, gate: "open" },
        { passes: true, gate: "closed" },
      ],
    ];
    for (const [what, cmd, at, expected] of cases) {
      it(what, async () => {
        const { passes, gate } = await loadTester.run(cmd(), at);
        assert.deepEqual({ passes, gate }, expected);
      });
    }

    it("holds where the Canary cannot be read", async () => {
      assert.equal(
        (
          await loadTester.run(timed().replace("canaries.flagger.app shop", "canaries.flagger.app another"), {
            weight: 0,
          })
        ).passes,
        false,
      );
    });
  });
});

describe("what a metric holds under Flagger", () => {
  const held = {
    judgement: { ...judgement, interval: "2m", noData: "hold" },
    thresholds: { errorRate: { fail: "5%", warn: "1%" } },
  } satisfies Partial<ReleaseArgs>;
  const webhooks = (change: Partial<ReleaseArgs>) =>
    (canary(change).analysis.webhooks ?? []).map(({ type, name }) => `${type} ${name}`);
  const raise = (...names: readonly string[]) => names.map((name) => `confirm-traffic-increase ${name}`);

  it("has a webhook of its own, before the one that holds for a time or a person", () => {
    assert.deepEqual(webhooks(held), [
      "rollout prometheus",
      ...raise("request-rate", "error-rate", "latency-p95", "hold"),
    ]);
    assert.deepEqual(webhooks({ ...held, judgement: { ...judgement, interval: "2m" } }), [
      "rollout prometheus",
      ...raise("error-rate", "hold"),
    ]);
  });

  it("is the requests that are missing at first, and a check that fails later, where no data holds and then fails", () => {
    const change = { judgement: { ...held.judgement, noData: "hold, then fail" } } as const;
    assert.deepEqual(webhooks(change), [
      "rollout prometheus",
      "rollout request-rate",
      ...raise("request-rate-first", "error-rate", "latency-p95", "hold"),
    ]);
  });

  it("leaves the number of requests to the gate, and of no data the last good value to Flagger", () => {
    assert.deepEqual(
      canary(held).analysis.metrics.map(({ name }) => name),
      ["error-rate", "latency-p95"],
    );
    const template = released(held).objects.find(({ role }) => role === "metric-error-rate")?.object;
    assert.match((template?.spec as MetricTemplateSpec).query, / >= -Inf\) or on\(\) vector\(0\.05\)$/);
    assert.match(
      template?.metadata.annotations?.["canary/passes-without-data"] ?? "",
      /a gate of the Canary holds the step/,
    );
  });

  it("is told of in the plan: who asks Prometheus, and what a person says to go on", () => {
    const { notices } = released(held);
    for (const notice of [
      /: warnings and no data that holds need Flagger's load tester at .*; where it does not answer, the check fails$/,
      /: the load tester asks Prometheus at http:\/\/prometheus\.monitoring:9090, and must reach it;/,
      /where a step is held, one step is promoted .* by: curl -d .*\/gate\/open$/,
    ])
      assert.ok(
        notices.some((text) => notice.test(text)),
        notices.join("\n"),
      );
    assert.equal(
      notices.some((notice) => notice.includes("the step that mirrors")),
      false,
    );
    const mirrored = released({ ...held, router: "istio", steps: [{ mirror: 10, hold: "2m" }, ...even] }).notices;
    assert.ok(
      mirrored.some((notice) => notice.includes("no gate holds the step that mirrors")),
      mirrored.join("\n"),
    );
  });

  describe("runs", function () {
    this.timeout(20_000);
    let loadTester: LoadTester;
    let prometheus: FakePrometheus;
    before(async () => {
      [loadTester, prometheus] = await Promise.all([startLoadTester(), startPrometheus()]);
    });
    after(() => Promise.all([loadTester.stop(), prometheus.stop()]));

    const query = `sum(rate(bad{namespace="{{ namespace }}",path=~"/it's/\\\\$HOME",x!='\`id\`'}[2m]))`;
    const errors: Metric = {
      name: "error-rate",
      query,
      passes: { is: "<", threshold: 0.05 },
      warns: 0.01,
      unit: "share",
      words: "below 5 %, holds unless below 1 %",
      measuresData: false,
    };
    const requests: Metric = {
      name: "request-rate",
      query,
      passes: { is: ">=", threshold: 1 },
      unit: "requests/s",
      words: "at least 1 requests/s",
      measuresData: true,
    };
    const latency: Metric = {
      name: "latency",
      query,
      passes: { is: "<", threshold: 5 },
      unit: "seconds",
      words: "below 5 s",
      measuresData: false,
    };
    const first: Metric = { ...requests, during: "the first hold" };
    const later: Metric = { ...requests, during: "later holds" };

    async function run(
      metric: Metric,
      measured: QueryAnswer | "refused",
      at: Partial<SeenByHooks> & { noData?: Gated["judgement"]["noData"]; address?: string } = {},
    ) {
      const { noData = "hold", address = prometheus.url, ...circumstances } = at;
      const settings = settingsWith({
        ...flagger,
        judgement: { ...judgement, interval: "2m", noData },
        loadTester: { url: loadTester.url },
        prometheus: { address },
      });
      prometheus.knows(
        measured === "refused" ? "nothing at all" : new Map([[query.replace("{{ namespace }}", "demo"), measured]]),
      );
      return loadTester.run(metricScript({ ...settings, namespace: "demo" }, metric), { weight: 25, ...circumstances });
    }

    const passes: { noData: { pass: string } } = { noData: { pass: "nobody uses it at night" } };
    const cases: [string, Parameters<typeof run>, boolean, string][] = [
      ["a good value passes", [errors, 0.003], true, ""],
      [
        "a value that warns holds",
        [errors, 0.03],
        false,
        "error-rate is 0.03, must be below 5 %, holds unless below 1 %",
      ],
      [
        "a value at the warning holds",
        [errors, 0.01],
        false,
        "error-rate is 0.01, must be below 5 %, holds unless below 1 %",
      ],
      [
        "an empty vector holds",
        [errors, "nothing"],
        false,
        "error-rate has no data, must be below 5 %, holds unless below 1 %",
      ],
      ["NaN holds", [errors, NaN], false, "error-rate has no data, must be below 5 %, holds unless below 1 %"],
      [
        "a person lets a warning pass",
        [errors, 0.03, { gate: "open" }],
        true,
        "error-rate is 0.03, must be below 5 %, holds unless below 1 %",
      ],
      [
        "a person lets no data pass",
        [requests, "nothing", { gate: "open" }],
        true,
        "request-rate has no data, must be at least 1 requests/s",
      ],
      ["enough requests pass", [requests, 1], true, ""],
      ["too few hold", [requests, 0.5], false, "request-rate is 0.5, must be at least 1 requests/s"],
      ["without a warning any value passes, Flagger's own check being the judge of it", [latency, 7], true, ""],
      ["without a warning no data holds all the same", [latency, NaN], false, "latency has no data, must be below 5 s"],
      ["before the first weight nothing holds", [errors, 0.03, { weight: 0 }], true, ""],
      ["Prometheus refuses", [errors, "refused"], false, "Prometheus does not answer"],
      [
        "Prometheus is not reached",
        [errors, 0.003, { address: "http://127.0.0.1:1" }],
        false,
        "Prometheus does not answer",
      ],
      [
        "where no data passes, a warning holds",
        [errors, 0.03, passes],
        false,
        "error-rate is 0.03, must be below 5 %, holds unless below 1 %",
      ],
      ["where no data passes, a good value does", [errors, 0.003, passes], true, ""],
      ["where no data passes, an empty vector does", [errors, "nothing", passes], true, ""],
      ["where no data passes, NaN does", [errors, NaN, passes], true, ""],
      [
        "for the first hold, no data holds in it",
        [first, "nothing"],
        false,
        "request-rate has no data, must be at least 1 requests/s",
      ],
      ["for the first hold, no later one is looked at", [first, "nothing", { weight: 50 }], true, ""],
      ["for later holds, the first is not looked at", [later, "nothing"], true, ""],
      [
        "for later holds, no data fails",
        [later, "nothing", { weight: 50 }],
        false,
        "request-rate has no data, must be at least 1 requests/s",
      ],
      [
        "for later holds, no data fails whatever a person says",
        [later, 0.5, { weight: 50, gate: "open" }],
        false,
        "request-rate is 0.5, must be at least 1 requests/s",
      ],
    ];
    for (const [what, args, expected, said] of cases) {
      it(what, async () => {
        const { gate = "closed" } = args[2] ?? {};
        assert.deepEqual(await run(...args), { passes: expected, gate, said });
      });
    }
  });
});
