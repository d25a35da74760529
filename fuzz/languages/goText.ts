/** Text between quotes or backticks as Go reads it, from a place on, and the place after it. Throws where Go would. */
export function readGoText(text: string, from: number): { readonly value: string; readonly end: number } {
  if (text[from] === "`") {
    const end = text.indexOf("`", from + 1);
    if (end < 0) throw new Error("a backtick is not closed");
    return { value: text.slice(from + 1, end).replaceAll("\r", ""), end: end + 1 };
  }
  if (text[from] !== '"')
    throw new Error(`text begins with " or a backtick, and not with ${text.slice(from, from + 10)}`);
  let value = "";
  for (let at = from + 1; at < text.length;) {
    const character = text[at];
    if (character === '"') return { value, end: at + 1 };
    if (character === "\n") throw new Error("a line ends within quotes");
    if (character !== "\\") {
      value += character;
      at++;
      continue;
    }
    const escape = /\\(?:([abfnrtv\\"])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3}))/y;
    escape.lastIndex = at;
    const [all, plain, ...codes] = escape.exec(text) ?? [];
    if (all === undefined) throw new Error(`Go knows no ${text.slice(at, at + 6)}`);
    value += plain === undefined ? codePoint(codes) : plainEscapes[plain];
    at += all.length;
  }
  throw new Error("a quote is not closed");
}

const plainEscapes: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  '"': '"',
};

function codePoint([byte, short, long, octal]: readonly (string | undefined)[]): string {
  const code = octal !== undefined ? parseInt(octal, 8) : parseInt(byte ?? short ?? long ?? "", 16);
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) throw new Error(`${code.toString(16)} is no character`);
  return String.fromCodePoint(code);
}
