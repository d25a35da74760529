import { spawnSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import { dump } from "js-yaml";
import { describeRelease } from "../manifests/describe";
import { controllerNames } from "../release/settings";
import { faultsOf, type Fault } from "./fault";
import { hostileText } from "./hostile";

/** What the gate's command is given on its standard input: YAML, or a state as `pulumi stack export` prints it. */
export interface File {
  readonly as: "files" | "state";
  readonly bytes: Buffer;
}

const least = { application: "shop", image: "registry.example.com/shop:1.4.0", host: "shop.example.com" };
const releases = controllerNames.map((controller) => {
  const { objects } = describeRelease({ ...least, router: "traefik", controller, replicas: 4 });
  return objects.map(({ object }) => object);
});
const yaml = releases.map((objects) => objects.map((object) => dump(object, { noRefs: true })).join("---\n"));
const state = releases.map((objects) =>
  JSON.stringify({
    version: 3,
    deployment: {
      resources: objects.map(({ apiVersion, kind, metadata: { name } }, index) => ({
        urn: `urn:pulumi:dev::canary::kubernetes:${apiVersion}:${kind}::${name}`,
        custom: true,
        type: `kubernetes:${apiVersion}:${kind}`,
        inputs: objects[index],
      })),
    },
  }),
);

/** Text that YAML or JSON reads in a way of its own. */
const pieces = fc.oneof(
  fc.constantFrom(
    "\n",
    ": ",
    "- ",
    "---\n",
    "...\n",
    "&a ",
    "*a",
    "<<: *a\n",
    "!!binary ",
    "!!js/function ",
    "? ",
    "|\n",
    "%YAML 1.1\n",
  ),
  fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    '"',
    "null",
    "{}",
    "[[[[",
    "\t",
    "\ufeff",
    "\u0000",
    "1e999",
    "0x",
    "-.inf",
    "2027-01-31",
  ),
  fc.constantFrom("&a [*a]", "a: &a [x,x]\nb: &b [*a,*a]\n", "{".repeat(20_000), "- ".repeat(5000)),
  hostileText.filter((text) => text.length < 10_000),
);

/** A part of a file, from a place on, replaced by other bytes; places are shares of its length. */
const edit = fc.record({
  from: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.oneof(fc.constantFrom(0, 1), fc.nat(200)),
  by: fc.oneof(
    { weight: 5, arbitrary: pieces.map((text) => Buffer.from(text)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)) },
  ),
});

/** The objects of releases as files, with a few edits. */
export const files: fc.Arbitrary<File> = fc
  .tuple(
    fc.constantFrom(
      ...yaml.map((text) => ({ as: "files" as const, text })),
      ...state.map((text) => ({ as: "state" as const, text })),
    ),
    fc.array(edit, { maxLength: 4 }),
  )
  .map(([{ as, text }, edits]) => ({
    as,
    bytes: edits.reduce<Buffer>((bytes, { from, length, by }) => {
      const at = Math.floor(from * bytes.length);
      return Buffer.concat([bytes.subarray(0, at), by, bytes.subarray(at + length)]);
    }, Buffer.from(text)),
  }));

const command = join(__dirname, "..", "policies", "check.mjs");
const mostSeconds = 20;

/** What is wrong with how the gate's command ends on a file. */
export function faultsOfFile({ as, bytes }: File): readonly Fault[] {
  const args = as === "state" ? ["--state", "-"] : ["-"];
  const { status, stderr, signal } = spawnSync(process.execPath, [command, ...args], {
    input: bytes,
    encoding: "utf8",
    timeout: mostSeconds * 1000,
    maxBuffer: 64 * 1024 * 1024,
  });
  const ended = status !== null && status <= 2;
  return [
    ...faultsOf(
      "the gate ends with 0, 1 or 2",
      ended ? [] : [`it ended with ${status ?? signal}: ${stderr.slice(0, 300)}`],
    ),
    ...faultsOf("the gate shows no stack trace", /^ {4}at .*:\d+/m.test(stderr) ? [stderr.slice(0, 500)] : []),
    ...faultsOf("the gate says why it cannot read", status === 2 && stderr.trim() === "" ? ["it says nothing"] : []),
  ];
}
