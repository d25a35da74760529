import { rollout, steps } from "../../objects";

export const analysis = { analysis: { templates: [{ templateName: "web" }] } };
/** A plan whose first weight is held as given. */
export const heldAt5 = (...held: object[]) => rollout({ steps: [{ setWeight: 5 }, ...held, ...steps(25, 50)] });
