import { NotParsed } from "./notParsed";

/** Longer expressions than anybody writes by hand are not read, so that reading cannot exhaust the stack. */
const mostWords = 500;

/** The words of an expression, read one after the other. */
export class Tokens {
  private readonly words: readonly string[];
  private next = 0;
  private isWithin = false;

  /** `word` matches one word, with the sticky flag. Throws `NotParsed` at text that is none. */
  constructor(text: string, word: RegExp) {
    const words: string[] = [];
    const space = /\s*/y;
    for (let at = 0; ;) {
      space.lastIndex = at;
      space.exec(text);
      if (space.lastIndex === text.length) break;
      word.lastIndex = space.lastIndex;
      const found = word.exec(text)?.[0];
      if (found === undefined) throw new NotParsed(`"${text.slice(space.lastIndex)}" is not understood`);
      if (words.push(found) > mostWords) throw new NotParsed(`it is longer than ${mostWords} words`);
      at = word.lastIndex;
    }
    this.words = words;
  }

  peek(): string | undefined {
    return this.words[this.next];
  }

  take(): string {
    const word = this.words[this.next++];
    if (word === undefined) throw new NotParsed("it ends too early");
    return word;
  }

  /** Takes the next word if it is one of these. */
  skip(...words: readonly string[]): string | undefined {
    const word = this.peek();
    return word !== undefined && words.includes(word) ? this.take() : undefined;
  }

  expect(word: string): void {
    const found = this.take();
    if (found !== word) throw new NotParsed(`"${found}" stands where "${word}" was expected`);
  }

  /** What may not be read within itself. Throws `NotParsed` with the reason where it is. */
  once<Value>(reason: string, read: () => Value): Value {
    if (this.isWithin) throw new NotParsed(reason);
    this.isWithin = true;
    const value = read();
    this.isWithin = false;
    return value;
  }

  end(): void {
    if (this.peek() !== undefined) throw new NotParsed(`"${this.peek()}" is not understood`);
  }
}

/** Reads items up to a closing word, separated by commas. */
export function commaSeparated<Item>(tokens: Tokens, close: string, item: () => Item): readonly Item[] {
  const items: Item[] = [];
  while (tokens.skip(close) === undefined) {
    if (items.length > 0) tokens.expect(",");
    items.push(item());
  }
  return items;
}
