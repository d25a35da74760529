import assert from "node:assert/strict";
import { ApiException } from "@kubernetes/client-node";
import { steeringOf } from "../../../manifests/controllers";
import { explained, Unreachable } from "../../../verdict/apiErrors";

const status = (message: string, name?: string) => JSON.stringify({ kind: "Status", message, details: { name } });
const explain = (error: unknown, controller: "argo-rollouts" | "flagger" = "argo-rollouts") =>
  explained(error, "Rollout shop in namespace demo", "https://cluster", steeringOf(controller));
const answer = (code: number, body: unknown = "") =>
  explain(new ApiException(code, "Unknown API Status Code!", body, {}));
const failure = (code: string, message: string) =>
  new TypeError("fetch failed", { cause: Object.assign(new Error(message), { code }) });

describe("a failed request", () => {
  const final: [string, Error, RegExp][] = [
    ["credentials", answer(401), /does not accept these credentials \(401\)/],
    [
      "rights",
      answer(403, status('rollouts "shop" is forbidden')),
      /Reading Rollout shop in namespace demo is not allowed \(403\): rollouts "shop" is forbidden/,
    ],
    [
      "no Rollout",
      answer(404, status('rollouts.argoproj.io "shop" not found', "shop")),
      /Rollout shop in namespace demo is not there \(404\)/,
    ],
    [
      "no Rollout, body parsed",
      answer(404, { kind: "Status", message: "not found", details: { name: "shop" } }),
      /is not there \(404\)/,
    ],
    ["no CRD", answer(404, "404 page not found\n"), /has no Argo Rollouts: .* argoproj\.io\/v1alpha1\./],
    [
      "no CRD of another controller",
      explain(new ApiException(404, "", "404 page not found\n", {}), "flagger"),
      /has no Flagger: .* flagger\.app\/v1beta1\./,
    ],
    ["any other refusal", answer(400, "bad"), /refuses to show .* \(400\): bad/],
    [
      "a certificate",
      explain(failure("SELF_SIGNED_CERT_IN_CHAIN", "self-signed certificate")),
      /is not trusted: fetch failed: self-signed certificate/,
    ],
    [
      "a credentials plugin",
      explain(new Error("exec plugin not found")),
      /could not be read from https:\/\/cluster: exec plugin not found/,
    ],
  ];
  for (const [name, error, message] of final) {
    it(`is final and named: ${name}`, () => {
      assert.ok(!(error instanceof Unreachable));
      assert.match(error.message, message);
    });
  }

  const passing: [string, Error][] = [
    ["429", answer(429)],
    ["500", answer(500, status("etcdserver: leader changed"))],
    ["503", answer(503)],
    ["refused", explain(failure("ECONNREFUSED", "connect ECONNREFUSED"))],
    ["reset", explain(failure("ECONNRESET", "read ECONNRESET"))],
    ["unresolved", explain(failure("ENOTFOUND", "getaddrinfo ENOTFOUND"))],
    ["slow", explain(failure("UND_ERR_CONNECT_TIMEOUT", "timeout"))],
    ["known already", explain(new Unreachable("x"))],
  ];
  for (const [name, error] of passing) {
    it(`may pass: ${name}`, () => assert.ok(error instanceof Unreachable, error.message));
  }
});
