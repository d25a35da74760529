const megabytes = 20;

/** A file of more bytes is not read. */
export const mostBytes = megabytes * 1_000_000;

export const tooLarge = (file: string) =>
  `${file}: is larger than ${megabytes} MB; accepted: less at once, in several files`;
