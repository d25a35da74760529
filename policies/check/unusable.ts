/** Something that the check was given and cannot use: a line for each thing that is wrong with it. */
export class Unusable extends Error {
  override readonly name = "Unusable";
  constructor(readonly problems: readonly string[]) {
    super(problems.join("\n"));
  }
}
