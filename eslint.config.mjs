import js from "@eslint/js";
import tseslint from "typescript-eslint";

const pulumiAndClients = ["@pulumi/*", "@kubernetes/*"];
/** What the files of a room may not import: a line of code knows its room by this. */
const room = (files, group, message) => ({
  files,
  rules: { "no-restricted-imports": ["error", { patterns: [{ group, message }] }] },
});

export default tseslint.config(
  { ignores: ["node_modules/", "policies/dist/", "**/*.mjs"] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  ...tseslint.configs.stylistic,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Prettier breaks code; comments are broken by hand, and text that a user reads stays in one piece.
      "max-len": [
        "error",
        { code: 120, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true, ignoreUrls: true },
      ],
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: false }],
      "@typescript-eslint/consistent-type-imports": "error",
    },
  },
  room(["release/**"], [...pulumiAndClients, "../*"], "release/ is pure and imports nothing of ours."),
  room(["release/telemetry/**"], [...pulumiAndClients, "../../*"], "release/ is pure and imports nothing of ours."),
  room(
    ["manifests/**"],
    [...pulumiAndClients, "**/components/**", "**/sandbox/**", "**/settings"],
    "manifests/ is pure and imports release/ only.",
  ),
  room(
    ["policies/rules/**"],
    [...pulumiAndClients, "**/components/**", "**/sandbox/**"],
    "rules are pure and import release/ and manifests/ only.",
  ),
  room(
    ["index.ts", "settings.ts", "components/**", "verdict/**", "policies/**"],
    ["**/sandbox/**"],
    "nothing imports sandbox/.",
  ),
);
