const most = 10_000;

/**
 * A function of texts that works out the same ones once, as long as there are not too many of them. What it throws is
 * not remembered.
 */
export function memoized<Arguments extends readonly (string | boolean)[], Value>(
  make: (...given: Arguments) => Value,
): (...given: Arguments) => Value {
  const made = new Map<string, Value>();
  return (...given) => {
    const key = JSON.stringify(given);
    if (made.has(key)) return made.get(key) as Value;
    if (made.size === most) made.clear();
    const value = make(...given);
    made.set(key, value);
    return value;
  };
}

/** The same for a function of an object that nobody changes. */
export function memoizedByObject<Key extends object, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const made = new WeakMap<Key, { readonly value: Value }>();
  return (key) => {
    const known = made.get(key) ?? { value: make(key) };
    made.set(key, known);
    return known.value;
  };
}
