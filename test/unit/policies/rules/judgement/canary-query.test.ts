import { type Input, notKnown } from "../../../../../policies/objects/input";
import {
  canary,
  canaryWithTemplate,
  input,
  metricTemplate,
  rollout,
  safeMetric,
  service,
  template,
  withQuery,
} from "../../objects";
import { judgeTable } from "../../table";
import { share } from "./objects";

const hash = { name: "hash", valueFrom: { podTemplateHashValue: "Latest" } };
/** A release judged by a query, with these arguments given by the Rollout and declared by the template. */
function asked(
  query: string,
  args: readonly object[] = [hash],
  declared: readonly object[] = args.map(({ name }: { name?: string }) => ({ name })),
): Input[] {
  return [
    rollout({ analysis: { templates: [{ templateName: "web" }], args } }),
    template(withQuery(query), { args: declared }),
  ];
}
const argument = (change: object) => [{ name: "hash", ...change }];

judgeTable("canary-query", [
  ["the hash of the new version", asked(share('hash="{{args.hash}}"')), "passes"],
  [
    "the hash in one of two selectors",
    asked('sum(a{hash="{{args.hash}}"}) / sum(b{app="web"})'),
    "violation",
    /b\{app="web"\} asks for the requests of both versions/,
  ],
  ["the application's name", asked(share('app="web"')), "violation", /both versions/],
  ["a metric without labels", asked("sum(rate(requests_total[2m]))"), "violation", /requests_total asks for/],
  [
    "a pattern that Prometheus refuses",
    asked(share('hash="{{args.hash}}",code=~"(?!5)..."')),
    "violation",
    /Prometheus refuses .*: \(\?!5\)\.\.\. is no regular expression of RE2 \(invalid or unsupported Perl syntax/,
  ],
  ["a pattern that would take long, elsewhere", asked(share('hash="{{args.hash}}",code=~"(5+)+!"')), "passes"],
  ["no metric", asked("vector(1)"), "violation", /reads no series/],
  [
    "the hash of the stable version",
    asked(share('hash="{{args.hash}}"'), argument({ valueFrom: { podTemplateHashValue: "Stable" } })),
    "violation",
    /the stable version alone/,
  ],
  [
    "both hashes, to compare them",
    asked('sum(a{hash="{{args.hash}}"}) / sum(a{hash="{{args.old}}"})', [
      hash,
      { name: "old", valueFrom: { podTemplateHashValue: "Stable" } },
    ]),
    "passes",
  ],
  ["all but the hash", asked(share('hash!="{{args.hash}}"')), "not judged", /cannot be told/],
  [
    "an argument that is the canary's Service",
    asked(share('service="{{args.hash}}"'), argument({ value: "web-canary" })),
    "passes",
  ],
  [
    "an argument that is the stable Service",
    asked(share('service="{{args.hash}}"'), argument({ value: "web" })),
    "violation",
    /stable version alone/,
  ],
  [
    "the canary's Service with its namespace and port, as routers write it",
    asked(share('service="shop-web-canary-80"')),
    "passes",
  ],
  ["another Service", asked(share('service="other"')), "not judged"],
  ["a label that says canary", asked(share('track="canary"')), "passes"],
  ["the label of ingress-nginx", asked(share('ingress="web",canary!=""')), "passes"],
  ["the label of ingress-nginx for the stable version", asked(share('ingress="web",canary=""')), "violation"],
  [
    "a namespace from an argument",
    asked(
      share('namespace="{{args.hash}}"'),
      argument({ valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } }),
    ),
    "violation",
    /both versions/,
  ],
  [
    "a value from a secret",
    asked(share('hash="{{args.hash}}"'), argument({ valueFrom: { secretKeyRef: {} } })),
    "not judged",
  ],
  ["a value that is not known yet", asked(share('app="{{args.hash}}"'), argument({ value: notKnown })), "not judged"],
  ["a template's default", asked(share('track="{{args.hash}}"'), [], argument({ value: "canary" })), "passes"],
  [
    "an argument that the template does not declare",
    asked(share('track="{{args.hash}}"'), [hash], []),
    "violation",
    /\{\{args\.hash\}\} is no argument of its template/,
  ],
  [
    "an argument that a template which is elsewhere may declare",
    [
      rollout({ analysis: { templates: [{ templateName: "web" }, { templateName: "away" }], args: [hash] } }),
      template(withQuery(share('track="{{args.hash}}"'))),
    ],
    "not judged",
  ],
  ["a recording rule", asked("canary:errors:rate5m"), "passes"],
  ["a recording rule of which nothing is known", asked("web:errors:rate5m"), "not judged"],
  [
    "a join with series of the canary",
    asked('sum(cpu{namespace="a"} * on (pod) group_left () pods{hash="{{args.hash}}"})'),
    "not judged",
  ],
  ["the application's own name for its pods", asked(share('pod=~"web-.*"')), "not judged"],
  ["text that is not PromQL", asked('sum(x{code~"5.*"})', [], []), "violation", /query.*the query is not PromQL/],
  [
    "text that is not PromQL, whose arguments are labels' values",
    [template(withQuery('sum(x{code~"5.*", hash="{{args.hash}}"}[{{ args.window }}])'))],
    "violation",
    /not PromQL/,
  ],
  ["a range", [template(withQuery("requests_total[5m]"))], "violation", /answers a range/],
  ["a range in a function", [template(withQuery("rate(requests_total[{{args.window}}])"))], "passes"],
  [
    "text that is not PromQL before its arguments are known",
    [template(withQuery("{{args.function}}(x)"))],
    "not judged",
    /without the values of its arguments/,
  ],
  ["a template that is elsewhere", [rollout()], "not judged", /which is not among/],
  ["a blue-green Rollout", [rollout({}, { strategy: { blueGreen: {} } })], "passes"],
  [
    "a metric in a dry run",
    [
      rollout({ analysis: { templates: [{ templateName: "web" }], dryRun: [{ metricName: ".*" }] } }),
      template(withQuery("x")),
    ],
    "passes",
  ],
  ["a Job", [rollout(), template({ provider: { job: {} } })], "passes"],
  ["Flagger's own metric", [canary()], "passes"],
  [
    "Flagger's target as the application",
    canaryWithTemplate(share('namespace="{{ namespace }}",app="{{ target }}"')),
    "passes",
  ],
  ["the target's name in letters", canaryWithTemplate(share('app_kubernetes_io_name="web"')), "passes"],
  [
    "the application's name with any suffix",
    canaryWithTemplate(share('app=~"{{ target }}.*"')),
    "violation",
    /both versions/,
  ],
  [
    "the stable version's label",
    canaryWithTemplate(share('app="{{ target }}-primary"')),
    "violation",
    /stable version alone/,
  ],
  [
    "pods by Flagger's own pattern",
    canaryWithTemplate(share('pod=~"{{ target }}-[0-9a-zA-Z]+(-[0-9a-zA-Z]+)"')),
    "passes",
  ],
  [
    "pods by a pattern that has the stable version's too",
    canaryWithTemplate(share('pod=~"{{ target }}-.*"')),
    "violation",
  ],
  ["the Service of both versions", canaryWithTemplate(share('service="{{ service }}"')), "violation"],
  ["the canary's Service", canaryWithTemplate(share('service="{{ service }}-canary"')), "passes"],
  [
    "an Ingress without the canary's label",
    canaryWithTemplate(share('namespace="{{ namespace }}",ingress="{{ ingress }}"')),
    "violation",
  ],
  ["an Ingress with the canary's label", canaryWithTemplate(share('ingress="{{ ingress }}",canary!=""')), "passes"],
  ["a variable", canaryWithTemplate(share('version="{{ variables.version }}"')), "not judged"],
  [
    "a Canary's own query",
    [canary({ metrics: [{ name: "errors", query: "sum(x", threshold: 1 }] })],
    "violation",
    /not PromQL/,
  ],
  ["a MetricTemplate that is not PromQL", [metricTemplate('sum(x{code~"5.*"})')], "violation", /not PromQL/],
  ["a MetricTemplate of another provider", [metricTemplate("avg:errors", { provider: { type: "datadog" } })], "passes"],
  [
    "a metric of two, of which one is elsewhere",
    [
      rollout({ analysis: { templates: [{ templateName: "away" }, { templateName: "web" }] } }),
      service("web"),
      input({ ...template().object, spec: { metrics: [{ ...safeMetric, ...withQuery("x") }] } }),
    ],
    "violation",
  ],
]);
