const mostCharacters = 500;

/** What a thread is doing, in words that another thread can read while it does it. */
export class Progress {
  private readonly units: Uint16Array;

  /** `shared` is what the other thread has; it is made where there is none yet. */
  constructor(readonly shared = new SharedArrayBuffer(2 * (1 + mostCharacters))) {
    this.units = new Uint16Array(shared);
  }

  get text(): string {
    return String.fromCharCode(...this.units.subarray(1, 1 + (this.units[0] ?? 0)));
  }

  say(text: string): void {
    const length = Math.min(text.length, mostCharacters);
    for (let at = 0; at < length; at++) this.units[1 + at] = text.charCodeAt(at);
    this.units[0] = length;
  }
}
