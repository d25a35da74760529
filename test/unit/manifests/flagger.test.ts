import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { gateScript } from "../../../manifests/controllers/flaggerGate";
import { describe as describeRelease } from "../../../manifests/describe";
import type { CanarySpec, MetricTemplateSpec } from "../../../manifests/types/flagger";
import { routerNames, type ReleaseArgs, type RouterName } from "../../../release/release";
import { refusalsOf, settingsWith } from "../../support/releases";

const judgement = { interval: "30s", window: "2m", initialDelay: "30s" } as const;
const even = [{ weight: 25, hold: "2m" }, { weight: 50, hold: "2m" }];
const flagger: Partial<ReleaseArgs> = { controller: "flagger", router: "traefik", steps: even, judgement: { ...judgement, interval: "2m" } };
const released = (change: Partial<ReleaseArgs> = {}) => describeRelease(settingsWith({ ...flagger, ...change }));
const specOf = <Spec>(role: string, change: Partial<ReleaseArgs> = {}) => released(change).objects.find((described) => described.role === role)?.object.spec as Spec;
const canary = (change: Partial<ReleaseArgs> = {}) => specOf<CanarySpec>("canary", change);
const byFlagger = routerNames.filter((router): router is RouterName => router !== "service");

const refusals = (change: Partial<ReleaseArgs>) => refusalsOf(() => released(change));

describe("a release under Flagger", () => {
  it("steps through the plan by itself where each hold is the interval", () => {
    const { objects, notices } = released();
    assert.deepEqual(
      objects.map(({ role }) => role),
      ["disruption-budget", "target-deployment", "ingress-route", "metric-request-rate", "metric-error-rate", "metric-latency-p95", "canary"],
    );
    const { interval, threshold, stepWeights, webhooks } = canary().analysis;
    assert.deepEqual({ interval, threshold, stepWeights, webhooks }, { interval: "120s", threshold: 3, stepWeights: [25, 50], webhooks: undefined });
    assert.equal(notices.some((notice) => notice.includes("load tester")), false);
  });

  it("judges by bounds of which the threshold is the last good value, over the window", () => {
    assert.deepEqual(canary().analysis.metrics.map(({ name, interval, thresholdRange, templateRef }) => [name, interval, thresholdRange, templateRef.name]), [
      ["request-rate", "120s", { min: 0.1 }, "shop-request-rate"],
      ["error-rate", "120s", { max: 0.05 }, "shop-error-rate"],
      ["latency-p95", "120s", { max: 1 }, "shop-latency-p95"],
    ]);
  });

  it("tells the canary's requests by the label that the stable version's pods have with a suffix", () => {
    const { query } = specOf<MetricTemplateSpec>("metric-request-rate");
    assert.equal(query, 'sum(rate(http_server_request_duration_seconds_count{namespace="{{ namespace }}",app_kubernetes_io_name="shop"}[2m]))');
    const { selector } = specOf<{ selector: unknown }>("disruption-budget");
    assert.deepEqual(selector, { matchExpressions: [{ key: "app.kubernetes.io/name", operator: "In", values: ["shop", "shop-primary"] }] });
  });

  it("turns no data into a value that passes, with the reason in writing, only where it passes", () => {
    const pass = { ...judgement, interval: "2m", noData: { pass: "nobody uses it at night" } };
    const { objects } = released({ judgement: pass });
    const template = objects.find(({ role }) => role === "metric-latency-p95")?.object;
    assert.match((template?.spec as MetricTemplateSpec).query, /^\(histogram_quantile\(.*\) >= 0\) or on\(\) vector\(0\)$/);
    assert.equal(template?.metadata.annotations?.["canary/passes-without-data"], "nobody uses it at night");
    assert.doesNotMatch(specOf<MetricTemplateSpec>("metric-latency-p95").query, /vector\(0\)$/);
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
      const made = ["Service/shop", "Service/shop-primary", "Service/shop-canary", "Deployment/shop-primary", "Ingress/shop-canary", "TraefikService/shop", "HTTPRoute/shop", "VirtualService/shop"];
      assert.deepEqual(names.filter((name) => made.includes(name)), []);
    });
  }

  it("says in the plan that Traefik's weight of 100 is none", () => {
    const saysSo = (weight: number) => released({ steps: [{ weight, hold: "2m" }] }).notices.some((notice) => notice.includes("one request in 101"));
    assert.deepEqual([saysSo(100), saysSo(50)], [true, false]);
  });

  it("keeps who never gets the canary with the Service that Flagger leads to the stable version", () => {
    const bank: ReleaseArgs["segments"] = [{ name: "bank", gets: "stable", when: [{ header: "x-customer", exact: "bank" }] }];
    const objects = (router: RouterName) => JSON.stringify(released({ router, segments: bank }).objects.map(({ object }) => object));
    assert.match(objects("traefik"), /Header\(\\"x-customer\\", \\"bank\\"\)\)","priority":\d+,"services":\[\{"kind":"Service","name":"shop","port":80\}\]/);
    assert.match(objects("istio"), /"headers":\{"x-customer":\{"exact":"bank"\}\}\}\],"route":\[\{"destination":\{"host":"shop-primary"\}\}\]/);
    assert.match(objects("gateway-api"), /"name":"shop-segments".*"backendRefs":\[\{"name":"shop","port":80\}\]/);
  });

  it("reads the weight behind the routes of the cookies where there are any", () => {
    const sticky = { sticky: { cookie: "version" } };
    assert.deepEqual([released({ router: "istio" }).weight?.path[2], released({ router: "istio", ...sticky }).weight?.path[2]], [0, 2]);
    assert.deepEqual(canary({ router: "gateway-api", ...sticky }).analysis.sessionAffinity, { cookieName: "version", primaryCookieName: "version-stable", maxAge: 86400 });
  });

  it("hands its autoscaler to Flagger", () => {
    assert.deepEqual(canary({ autoscaling: { maxReplicas: 9 } }).autoscalerRef, { apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", name: "shop" });
    const roles = released({ autoscaling: { maxReplicas: 9 } }).objects.map(({ role }) => role);
    assert.ok(roles.indexOf("autoscaler") < roles.indexOf("canary"));
  });

  const refused: [string, Partial<ReleaseArgs>, RegExp][] = [
    ["an interval below Flagger's floor", { judgement: { interval: "5s", window: "2m", initialDelay: "5s" } }, /^judgement\.interval = "5s": Flagger measures every 10s at most; accepted: 10s or longer, or controller = "argo-rollouts"$/],
    ["a first measurement before there can be data", { judgement: { ...judgement, initialDelay: "3m" }, steps: [{ weight: 25, hold: "5m" }] }, /^judgement\.initialDelay = "3m": Flagger first measures one interval after the first weight, which is 30s; accepted: 30s or shorter, judgement\.interval = "3m" or longer/],
    ["mirroring for longer than an interval", { router: "istio", judgement, steps: [{ mirror: 10, hold: "2m" }, { weight: 25, hold: "2m" }] }, /^steps\[0\]\.hold: Flagger mirrors for one interval, and no gate holds it longer; accepted: "30s"/],
    ["a cookie beside a mirror", { router: "istio", sticky: { cookie: "version" }, judgement: { ...judgement, interval: "2m" }, steps: [{ mirror: 10, hold: "2m" }, ...even] }, /^sticky\.cookie = "version": router istio with controller flagger: with steps\[0\]\.mirror, Flagger mirrors on the route of an earlier release's cookie alone; accepted: /],
    ["a gate in a namespace that is known later", { judgement, namespace: Promise.resolve("later") }, /^namespace = \(known later\): the gate that holds a step reads the Canary in it/],
    ["a hold for too little data", { judgement: { ...judgement, noData: "hold" } }, /^judgement\.noData = "hold": .*Flagger counts a check without data as failed/],
  ];
  for (const [what, change, message] of refused) {
    it(`refuses ${what}`, () => {
      const found = refusals(change);
      assert.ok(found.some((refusal) => message.test(refusal)), found.join("\n"));
    });
  }

  it("needs no namespace now where Flagger holds the steps by itself", () => assert.doesNotThrow(() => released({ namespace: Promise.resolve("later") })));
});

describe("the gate of a release under Flagger", () => {
  const gated = { judgement, steps: [{ weight: 25, hold: "2m" }, { weight: 50, hold: "until promoted" }] } satisfies Partial<ReleaseArgs>;

  it("is a webhook before each raise, and the right to read just this Canary", () => {
    const [webhook, ...more] = canary(gated).analysis.webhooks ?? [];
    assert.equal(more.length, 0);
    assert.deepEqual({ ...webhook, metadata: undefined }, { type: "confirm-traffic-increase", name: "hold", url: "http://flagger-loadtester.flagger-system/", muteAlert: true, metadata: undefined });
    const objects = released(gated).objects.filter(({ role }) => role.startsWith("gate-")).map(({ object }) => object);
    assert.deepEqual(objects.map(({ metadata, ...object }) => [metadata.name, JSON.parse(JSON.stringify(object))]), [
      ["shop-gate", { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", rules: [{ apiGroups: ["flagger.app"], resources: ["canaries"], resourceNames: ["shop"], verbs: ["get"] }] }],
      [
        "shop-gate",
        {
          apiVersion: "rbac.authorization.k8s.io/v1",
          kind: "RoleBinding",
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "shop-gate" },
          subjects: [{ kind: "ServiceAccount", name: "default", namespace: "flagger-system" }],
        },
      ],
    ]);
  });

  it("is told of in the plan, with what a person says to go on", () => {
    const { notices } = released({ ...gated, loadTester: { url: "http://tester.tools/", serviceAccount: "tester", namespace: "tools" } });
    const expected = [
      /need Flagger's load tester at http:\/\/tester\.tools\/, which may read the Canary as ServiceAccount tester in tools/,
      /a hold begins anew after a failed check/,
      /by: curl -d '\{"name":"shop","namespace":"default"\}' http:\/\/tester\.tools\/gate\/open$/,
    ];
    for (const notice of expected) assert.ok(notices.some((text) => notice.test(text)), notices.join("\n"));
  });

  describe("runs", function () {
    this.timeout(20_000);
    let folder: string;
    const state = (name: string) => join(folder, name);
    before(() => {
      folder = mkdtempSync(join(tmpdir(), "gate-"));
      const command = (name: string, script: string) => {
        writeFileSync(state(name), `#!/bin/bash\n${script}\n`);
        chmodSync(state(name), 0o755);
      };
      // The Canary as kubectl would show it, if it is asked for the right one.
      command("kubectl", `[ "$*" = "get canaries.flagger.app shop --namespace demo --output jsonpath={.status.canaryWeight} {.status.lastTransitionTime}" ] && cat ${state("canary")}`);
      // The load tester's gate: open and closed are a file's contents.
      command("curl", `[[ "$*" == *'{"name":"shop","namespace":"demo"}'* ]] || exit 3
        case "$*" in */gate/check) grep -q open ${state("gate")} || exit 22 ;; */gate/close) echo closed > ${state("gate")} ;; *) exit 4 ;; esac`);
    });
    after(() => rmSync(folder, { recursive: true }));

    const script = (interval: string, ...steps: ReleaseArgs["steps"] & object) =>
      gateScript({ ...settingsWith({ ...flagger, judgement: { ...judgement, interval, initialDelay: interval, window: "2m" }, steps }), namespace: "demo" });
    const timed = script("10s", { weight: 25, hold: "2m" }, { weight: 50, hold: "2m" });
    const uneven = script("30s", { weight: 50, hold: "2m5s" });
    const manual = script("10s", { weight: 25, hold: "2m" }, { weight: 50, hold: "until promoted" });

    /** Runs a script where the Canary has had a weight for some time: whether it lets the release go on, and the gate after it. */
    async function run(cmd: string, { weight, seconds, gate = "closed" }: { weight: number; seconds: number; gate?: "open" | "closed" }) {
      const since = new Date(Date.now() - seconds * 1000).toISOString().replace(/\.\d+/, "");
      writeFileSync(state("canary"), `${weight} ${since}`);
      writeFileSync(state("gate"), gate);
      const env = { ...process.env, PATH: [folder, process.env["PATH"]].join(delimiter) };
      const passes = await new Promise<boolean>((resolve) => execFile("bash", ["-c", cmd], { env }, (error) => resolve(error === null)));
      return { passes, gate: readFileSync(state("gate"), "utf8").trim() };
    }

    const cases: [string, string, Parameters<typeof run>[1], Awaited<ReturnType<typeof run>>][] = [
      ["does not hold before the first weight", timed, { weight: 0, seconds: 0 }, { passes: true, gate: "closed" }],
      ["holds before the time is over", timed, { weight: 50, seconds: 100 }, { passes: false, gate: "closed" }],
      ["goes on when it is", timed, { weight: 50, seconds: 121 }, { passes: true, gate: "closed" }],
      ["goes on at the look that is a moment early", timed, { weight: 50, seconds: 118 }, { passes: true, gate: "closed" }],
      ["rounds a hold up to whole intervals", uneven, { weight: 50, seconds: 126 }, { passes: false, gate: "closed" }],
      ["and goes on at the next", uneven, { weight: 50, seconds: 149 }, { passes: true, gate: "closed" }],
      ["holds at a weight that the plan does not have", timed, { weight: 30, seconds: 900 }, { passes: false, gate: "closed" }],
      ["waits for a person however long", manual, { weight: 50, seconds: 90_000 }, { passes: false, gate: "closed" }],
      ["goes on when a person opened the gate, and closes it again", manual, { weight: 50, seconds: 10, gate: "open" }, { passes: true, gate: "closed" }],
      ["leaves the gate to the step that waits for it", manual, { weight: 25, seconds: 10, gate: "open" }, { passes: false, gate: "open" }],
      ["closes a gate that was opened for an earlier release", manual, { weight: 0, seconds: 10, gate: "open" }, { passes: true, gate: "closed" }],
    ];
    for (const [what, cmd, at, expected] of cases) it(what, async () => assert.deepEqual(await run(cmd, at), expected));

    it("holds where the Canary cannot be read", async () => {
      assert.equal((await run(timed.replace("canaries.flagger.app shop", "canaries.flagger.app another"), { weight: 0, seconds: 0 })).passes, false);
    });
  });
});
