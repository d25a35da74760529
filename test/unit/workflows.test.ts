// What may not be in a workflow, whoever edits it; actionlint (npm run lint) checks the rest.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly if?: string;
  readonly needs?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly strategy?: { readonly matrix: { readonly stack: readonly string[] } };
  readonly steps: readonly Step[];
  readonly "timeout-minutes"?: number;
}
interface Workflow {
  readonly on: string | Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: { readonly group: string; readonly "cancel-in-progress": boolean };
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = join(".github", "workflows");
const texts = new Map(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")]));
const read = (file: string) => load(texts.get(file) ?? "") as Workflow;
const { scripts, devDependencies } = JSON.parse(readFileSync("package.json", "utf8")) as Record<
  "scripts" | "devDependencies",
  Record<string, string>
>;

const events = ({ on }: Workflow) => (typeof on === "string" ? [on] : Object.keys(on));
const ofThisRepository = "github.event.pull_request.head.repo.full_name == github.repository";

/**
 * Whether a job does not run for a pull request from a fork, where `secrets` and a token that may write have no place.
 */
function isClosedToForks({ if: condition = "", needs }: Job, jobs: Workflow["jobs"]): boolean {
  if (condition.includes(ofThisRepository)) return true;
  const before = jobs[needs ?? ""];
  return (
    before !== undefined && isClosedToForks(before, jobs) && condition.includes(`needs.${needs}.result != 'skipped'`)
  );
}

const mayWrite: Readonly<Record<string, readonly string[]>> = { comment: ["pull-requests"] };

/** What is wrong with a workflow. */
function faults(text: string): readonly string[] {
  const workflow = load(text) as Workflow;
  const found: string[] = [];
  const refuse = (isWrong: boolean, what: string) => isWrong && found.push(what);
  refuse(
    events(workflow).some((event) => ["pull_request_target", "workflow_run", "issue_comment"].includes(event)),
    "runs what others write with this repository's rights",
  );
  refuse(JSON.stringify(workflow.permissions) !== '{"contents":"read"}', "does not begin with the right to read alone");
  for (const [name, job] of Object.entries(workflow.jobs)) {
    const written = Object.entries(job.permissions ?? {})
      .filter(([, right]) => right !== "read")
      .map(([scope]) => scope);
    refuse(
      written.some((scope) => !mayWrite[name]?.includes(scope)),
      `${name} may write ${written.join(", ")}`,
    );
    refuse(job["timeout-minutes"] === undefined, `${name} may run without end`);
    const isOpen = events(workflow).includes("pull_request") && !isClosedToForks(job, workflow.jobs);
    const needsTrust =
      /\bsecrets\b|github\.token/.test(JSON.stringify(job)) || job.environment !== undefined || written.length > 0;
    refuse(isOpen && needsTrust, `${name} has credentials in a pull request from a fork`);
    for (const { uses, run = "", with: given } of job.steps) {
      refuse(run.includes("${{"), `${name} has an expression in a script: ${run}`);
      refuse(uses !== undefined && !/@[0-9a-f]{40}$/.test(uses), `${name} uses ${uses}, which may change`);
      refuse(
        uses?.startsWith("actions/checkout@") === true && given?.["persist-credentials"] !== false,
        `${name} leaves its token in the work tree`,
      );
    }
  }
  return found;
}

describe("the workflows", () => {
  it("are those that docs/ci.md tells of", () =>
    assert.deepEqual([...texts.keys()].sort(), ["deploy.yaml", "review.yaml", "test.yaml"]));

  for (const [file, text] of texts) {
    it(`${file} has no more rights than it needs, pins what it uses, and runs nothing that others write`, () =>
      assert.deepEqual(faults(text), []));

    it(`${file} names the version of each commit that it pins, and scripts that there are`, () => {
      for (const line of text.split("\n").filter((each) => /uses: /.test(each)))
        assert.match(line, /@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
      for (const [, script = ""] of text.matchAll(/npm run (?:--silent )?([\w:]+)/g))
        assert.ok(scripts[script], script);
    });
  }

  const review = texts.get("review.yaml") ?? "";
  const broken: readonly (readonly [string, (text: string) => string, RegExp])[] = [
    ["the event of those who review", (text) => text.replace("on: pull_request", "on: pull_request_target"), /rights/],
    [
      "the right to write everything",
      (text) => text.replace("contents: read", "contents: write"),
      /begin with the right to read/,
    ],
    [
      "a job that may write more",
      (text) => text.replace("pull-requests: write", "contents: write"),
      /comment may write contents/,
    ],
    ["credentials for forks", (text) => text.replace(/ {4}if: .*full_name.*\n/, ""), /preview has credentials/],
    [
      "a comment for forks",
      (text) => text.replace("&& needs.preview.result != 'skipped'", ""),
      /comment has credentials/,
    ],
    [
      "a title in a script",
      (text) => text.replace('--stack "$STACK" --markdown', '"${{ github.event.pull_request.title }}"'),
      /plan has an expression/,
    ],
    [
      "an action by its branch",
      (text) => text.replace(/checkout@[0-9a-f]{40}/, "checkout@main"),
      /checkout@main, which may change/,
    ],
    [
      "an action by its version",
      (text) => text.replace(/pulumi\/actions@[0-9a-f]{40}/, "pulumi/actions@v6.6.1"),
      /pulumi\/actions@v6\.6\.1, which may change/,
    ],
    [
      "a token that stays",
      (text) => text.replace("persist-credentials: false", "persist-credentials: true"),
      /leaves its token/,
    ],
    ["no time limit", (text) => text.replace("timeout-minutes: 5", ""), /comment may run without end/],
  ];
  for (const [title, change, fault] of broken) {
    it(`would not be left with ${title}`, () => {
      assert.notEqual(change(review), review);
      assert.match(faults(change(review)).join("\n"), fault);
    });
  }

  it("review and deploy every stack that has a configuration, with the CLI of the program's own version", () => {
    const stacks = readdirSync(".")
      .flatMap((name) => /^Pulumi\.(dev|prod)\.yaml$/.exec(name)?.[1] ?? [])
      .sort();
    const { plan, preview } = read("review.yaml").jobs;
    for (const job of [plan, preview]) assert.deepEqual(job?.strategy?.matrix.stack, stacks);
    const { on, jobs } = read("deploy.yaml");
    assert.deepEqual(
      (on as { workflow_dispatch: { inputs: { stack: { options: string[] } } } }).workflow_dispatch.inputs.stack
        .options,
      stacks,
    );
    const used = [...(preview?.steps ?? []), ...(jobs["up"]?.steps ?? [])].flatMap(
      (step) => step.with?.["pulumi-version"] ?? [],
    );
    assert.deepEqual(used, [devDependencies["@pulumi/pulumi"], devDependencies["@pulumi/pulumi"]]);
  });

  it("deploy one stack at a time, from main, and interrupt none", () => {
    const { concurrency, jobs } = read("deploy.yaml");
    assert.deepEqual(concurrency, { group: "deploy-${{ inputs.stack || 'dev' }}", "cancel-in-progress": false });
    assert.deepEqual(
      [jobs["up"]?.if, jobs["up"]?.environment],
      ["${{ github.ref == 'refs/heads/main' }}", "${{ inputs.stack || 'dev' }}"],
    );
  });
});
