import { closeSync, constants, openSync, readSync } from "node:fs";
import { mostBytes, tooLarge } from "./bounds";
import { Unusable } from "./unusable";

/** Names standard input among files. */
export const standardInput = "-";

export const nameOfFile = (file: string) => (file === standardInput ? "standard input" : file);

/** The texts of files, and of standard input for "-". */
export class Texts {
  /** `input` is what standard input holds; `say` is told what is being read. */
  constructor(
    private readonly input: Uint8Array = new Uint8Array(),
    private readonly say: (text: string) => void = () => undefined,
  ) {}

  /** Throws `Unusable` for what cannot be read, is too large, or is no text. */
  of(file: string): string {
    this.say(`while it read ${nameOfFile(file)}`);
    return decoded(nameOfFile(file), file === standardInput ? this.input : orUnusable(file, () => bytesOf(file)));
  }
}

/** What is read of a file. Throws `Unusable` with the reason where the system refuses it. */
export function orUnusable<Value>(file: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unusable) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === "EISDIR" ? "it is a folder; accepted: a file" : message;
    throw new Unusable([`${file}: cannot be read: ${reason}`]);
  }
}

const chunk = 65_536;

/** Also of what has no size of its own, such as a pipe, which may have nothing to read yet. */
function bytesOf(file: string): Uint8Array {
  const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const chunks: Buffer[] = [];
    for (let bytes = 0; ;) {
      const buffer = Buffer.allocUnsafe(chunk);
      const read = readOrWait(descriptor, buffer);
      if (read === 0) return Buffer.concat(chunks);
      if (read === undefined) continue;
      chunks.push(buffer.subarray(0, read));
      bytes += read;
      if (bytes > mostBytes) throw new Unusable([tooLarge(file)]);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** How many bytes were read; undefined after some time without any. */
function readOrWait(descriptor: number, buffer: Buffer): number | undefined {
  try {
    return readSync(descriptor, buffer);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    return undefined;
  }
}

/** Throws `Unusable` for what is not UTF-8. */
function decoded(file: string, bytes: Uint8Array): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw new Unusable([`${file}: is UTF-16; accepted: UTF-8`]);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Unusable([`${file}: is no text in UTF-8`]);
  }
}
