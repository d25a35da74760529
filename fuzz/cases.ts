import type { ReleaseArgs } from "../release/settings";
import type { Fault } from "./fault";

/** What a configuration has beside application, image and host, with which it once broke a rule; others replace it. */
export type Case = Readonly<Partial<Record<keyof ReleaseArgs | "a\r\nb: c" | "a\tb" | "\u0000", unknown>>>;

const circular: Record<string, unknown> = {};
circular["itself"] = circular;
const nested = Array.from({ length: 20_000 }).reduce<unknown>((inside) => ({ inside }), 1);

/** Configurations that broke a rule once, by what it was. */
export const mended: Readonly<Record<string, readonly Case[]>> = {
  "a value that JSON cannot write": [
    { wait: 0n },
    { resources: { limits: [0n] } },
    { steps: nested },
    { shutdown: { grace: circular } },
  ],
  "a refusal of several lines": [
    { "a\r\nb: c": {} },
    { "a\tb": [] },
    { "\u0000": "" },
    { mounts: { "/\u0000": "shop-settings" } },
  ],
  "a refusal without an end": [
    { telemetry: Array.from({ length: 20_000 }, () => 1) },
    { exceptions: { "first-weight": `until 2027-01-31: both teams agreed${"x".repeat(300_000)}` } },
  ],
  "a regular expression that is JavaScript's alone": ["\\cA", "\\u0041", "[^]", "a{1001}", "\\k<a>"].map((regex) => ({
    router: "traefik",
    segments: [{ name: "staff", when: [{ header: "x-group", regex }] }],
  })),
  "a place that a controller would fill in": [
    { metrics: [{ name: "orders", query: "max(x{<canary>, y='{{ namespace }}'})", below: 0 }] },
  ],
  "a folder that pods have": [
    { controller: "pulumi", mounts: { "/tmp": "shop-settings" } },
    { router: "istio", mounts: { "/tmp": "shop-settings" } },
  ],
  "more asked for than may be used": [
    { controller: "pulumi", resources: { limits: { memory: "1.5M" } } },
    { controller: "pulumi", resources: { requests: { cpu: "2", memory: "1Gi" } } },
    { controller: "pulumi", smokeTest: { image: "shop" }, resources: { limits: { memory: "1000000" } } },
  ],
  "an address as a host": [{ controller: "pulumi", host: "1.2.3.4" }],
  "an encoded slash in a path": [{ controller: "pulumi", router: "gateway-api", path: "/%2F" }],
  "a label of nodes that there cannot be, or twice": [
    { controller: "pulumi", spread: [""] },
    { controller: "pulumi", spread: ["zone", "zone"] },
    { router: "istio", spread: ["kubernetes.io/hostname", "kubernetes.io/hostname"] },
  ],
};

/** Faults that are known and not mended, with a configuration of each. */
export const open: readonly (Pick<Fault, "rule" | "kind"> & { readonly change: Case })[] = [];

export const isOpen = (fault: Fault): boolean =>
  open.some(({ rule, kind }) => rule === fault.rule && kind === fault.kind);
