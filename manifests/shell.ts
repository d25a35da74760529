/** Text as one word of a command line for a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : shellQuoted(text);
}

/** Text between quotes, of which the shell changes nothing. */
export const shellQuoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
