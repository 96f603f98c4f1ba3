/**
 * A hash of 64 bits that pictures keep when they are compressed, resized or made a little brighter: which of the 8 × 8 lowest frequencies
 * of the picture's cosine transform (DCT-II) are above their median. Python's `imagehash.phash` with `highfreq_factor=2`.
 */

/** Side of the picture that is hashed. */
export const hashedSide = 16;
const frequencies = 8;
/** Bytes of a hash. */
export const hashBytes = (frequencies * frequencies) / 8;

/** cos((2x + 1) u π / 32), [frequencies][hashedSide]. */
const cosines = Float64Array.from({ length: frequencies * hashedSide }, (_, i) => {
  const [u, x] = [Math.floor(i / hashedSide), i % hashedSide];
  return Math.cos(((2 * x + 1) * u * Math.PI) / (2 * hashedSide));
});

const rows = new Float64Array(frequencies * hashedSide);
const coefficients = new Float64Array(frequencies * frequencies);
const sorted = new Float64Array(frequencies * frequencies);

/**
 * Writes the hash of a grey picture of 16 × 16.
 * @param hash its eight bytes, from `to` on; the lowest frequency is the highest bit of the first
 * @param margin how far above the median a frequency has to be, as a share of the root mean square of all but the constant one.
 *   What is symmetric has many frequencies that are zero, which noise would drop on either side of the median
 */
export function perceptualHash(grey: Uint8Array, hash: Uint8Array, to: number, margin: number): void {
  for (let u = 0; u < frequencies; u++) {
    for (let x = 0; x < hashedSide; x++) {
      let sum = 0;
      for (let y = 0; y < hashedSide; y++) {
        sum += cosines[u * hashedSide + y]! * grey[y * hashedSide + x]!;
      }
      rows[u * hashedSide + x] = sum;
    }
  }
  let power = 0;
  for (let u = 0; u < frequencies; u++) {
    for (let v = 0; v < frequencies; v++) {
      let sum = 0;
      for (let x = 0; x < hashedSide; x++) sum += cosines[v * hashedSide + x]! * rows[u * hashedSide + x]!;
      coefficients[u * frequencies + v] = sum;
      if (u + v > 0) power += sum * sum;
    }
  }
  sorted.set(coefficients);
  sorted.sort();
  const middle = sorted.length / 2;
  const median = (sorted[middle - 1]! + sorted[middle]!) / 2;
  const above = median + margin * Math.sqrt(power / (coefficients.length - 1));
  for (let byte = 0; byte < hashBytes; byte++) {
    let bits = 0;
    for (let bit = 0; bit < 8; bit++) bits = 2 * bits + (coefficients[8 * byte + bit]! > above ? 1 : 0);
    hash[to + byte] = bits;
  }
}
