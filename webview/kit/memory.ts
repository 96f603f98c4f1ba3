/** Remembering what was drawn or computed: inputs are compared by identity, which the state of a run keeps where nothing is new. */

/** @returns a function that says whether its inputs differ from those of its last call; the first call does */
export function changes(): (...inputs: readonly unknown[]) => boolean {
  let last: readonly unknown[] | undefined;
  return (...inputs) => {
    const same = last?.length === inputs.length && inputs.every((input, index) => input === last![index]);
    last = inputs;
    return !same;
  };
}

/** @returns a function that computes anew only when its inputs differ from those of its last call */
export function remembered<A extends readonly unknown[], R>(
  compute: (...inputs: A) => R,
): (...inputs: A) => R {
  const changed = changes();
  let result: R;
  return (...inputs) => {
    if (changed(...inputs)) result = compute(...inputs);
    return result;
  };
}
