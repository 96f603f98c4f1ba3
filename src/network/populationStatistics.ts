/** Statistics of BN over several batches, from those of each (Wu & Johnson, 2021, section 3.1). */
import type { Statistics } from './trainableNetwork';

/**
 * μ = E[μ_B] and σ² = E[σ_B² + μ_B²] − μ², the expectation being over batches B of one size. With one batch these are the
 * statistics of that batch.
 * @param batches at least one
 * @throws RangeError when there is none, or sizes differ
 */
export function populationStatistics(batches: readonly Statistics[]): Statistics {
  const [first] = batches;
  if (!first || batches.some(({ length }) => length !== first.length)) {
    throw new RangeError('Statistics of one network are needed, of one batch or more.');
  }
  const channels = first.length / 2;
  const population = new Float32Array(first.length);
  for (let c = 0; c < channels; c++) {
    let mean = 0;
    for (const batch of batches) mean += batch[c]! / batches.length;
    // Squares of differences, since E[μ_B²] − μ² would lose its digits where means are large.
    let variance = 0;
    for (const batch of batches) {
      variance += (batch[channels + c]! + (batch[c]! - mean) ** 2) / batches.length;
    }
    population[c] = mean;
    population[channels + c] = variance;
  }
  return population;
}
