import js from "@eslint/js";
import tseslint from "typescript-eslint";
import { walls } from "./scripts/walls.mjs";

export default tseslint.config(
  { ignores: ["node_modules/", "dist/", "policies/dist/", "**/*.mjs"] },
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
  { files: ["**/*.ts"], plugins: { rooms: { rules: { walls } } }, rules: { "rooms/walls": "error" } },
);
