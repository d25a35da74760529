import { notKnown } from "../../../../../policies/objects/input";
import { judgeTable } from "../../table";
import { canaryIngress, main, weighted } from "./objects";

const annotated = (annotations: object) => [main, canaryIngress({}, annotations)];

judgeTable("canary-annotations", [
  ["a weight", annotated(weighted), "passes"],
  ["canary alone", annotated({ canary: "true" }), "violation", /nothing says which requests the canary gets/],
  ["canary with an empty weight", annotated({ canary: "true", "canary-weight": "" }), "violation"],
  ["a cookie", annotated({ canary: "true", "canary-by-cookie": "next" }), "passes"],
  ["a weight without canary", annotated({ "canary-weight": "5" }), "violation", /canary-weight: does nothing without/],
  ["a header without canary", annotated({ canary: "false", "canary-by-header": "next" }), "violation", /does nothing/],
  [
    "a weight above 100",
    annotated({ canary: "true", "canary-weight": "101" }),
    "violation",
    /the weight is 101 of 100/,
  ],
  [
    "a weight above 100 of 1000",
    annotated({ canary: "true", "canary-weight": "101", "canary-weight-total": "1000" }),
    "passes",
  ],
  [
    "a weight above its total",
    annotated({ canary: "true", "canary-weight": "300", "canary-weight-total": "200" }),
    "violation",
  ],
  ["a part of a weight", annotated({ canary: "true", "canary-weight": "0.5" }), "violation"],
  [
    "a header's value never, which sends it to the canary",
    annotated({ ...weighted, "canary-by-header": "next", "canary-by-header-value": "never" }),
    "violation",
    /requests with the value never get the canary/,
  ],
  [
    "a header's value always, beside which never means nothing",
    annotated({ ...weighted, "canary-by-header": "next", "canary-by-header-value": "always" }),
    "violation",
  ],
  [
    "a header with a value",
    annotated({ ...weighted, "canary-by-header": "next", "canary-by-header-value": "yes" }),
    "passes",
  ],
  [
    "a header's value without a header",
    annotated({ ...weighted, "canary-by-header-value": "yes" }),
    "violation",
    /does nothing without canary-by-header/,
  ],
  [
    "a value and a pattern",
    annotated({
      ...weighted,
      "canary-by-header": "next",
      "canary-by-header-value": "yes",
      "canary-by-header-pattern": "y.*",
    }),
    "violation",
    /not looked at beside/,
  ],
  ["an Ingress without annotations", [main], "passes"],
  ["a weight that is not known yet", annotated({ canary: "true", "canary-weight": notKnown }), "not judged"],
]);
