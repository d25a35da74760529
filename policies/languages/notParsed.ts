import { NotReadable, type Field } from "../objects/field";

/** Text that is not in the language that was expected, or uses a part of it that is not read here. */
export class NotParsed extends Error {
  override readonly name = "NotParsed";
}

/** What is made of a field's text; `NotParsed` becomes `NotReadable` at the field. */
export function understood<Value>(field: Field, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof NotParsed) throw new NotReadable(field, `cannot be evaluated here: ${error.message}`);
    throw error;
  }
}
