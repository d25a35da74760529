/** The map of who may import whom, as a table in Markdown. */
export function wallsTable(): string;
