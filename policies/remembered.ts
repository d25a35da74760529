const most = 10_000;

/** A function of a text that works out the same text once, as long as there are not too many of them. What it throws is not remembered. */
export function remembered<Value>(make: (text: string) => Value): (text: string) => Value {
  const made = new Map<string, Value>();
  return (text) => {
    if (made.has(text)) return made.get(text) as Value;
    if (made.size === most) made.clear();
    const value = make(text);
    made.set(text, value);
    return value;
  };
}

/** The same for a function of an object that nobody changes. */
export function rememberedOf<Key extends object, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const made = new WeakMap<Key, { readonly value: Value }>();
  return (key) => {
    const known = made.get(key) ?? { value: make(key) };
    made.set(key, known);
    return known.value;
  };
}
