/** Largest difference, relative to the largest value. */
export function difference(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number {
  const flatB = b.flat();
  const errors = a.flat().map((value, i) => Math.abs(value - flatB[i]!));
  return Math.max(...errors) / Math.max(...flatB.map(Math.abs));
}
