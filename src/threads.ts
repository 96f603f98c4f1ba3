/** How many threads compute where nobody says. */
import { availableParallelism } from 'node:os';

/**
 * As many as `OMP_NUM_THREADS` names, which schedulers of shared machines set and NumPy, PyTorch and OpenMP itself go by, else all
 * cores. Of a list, which OpenMP has for nested loops, the first counts.
 */
export function defaultThreads(environment: NodeJS.ProcessEnv = process.env): number {
  const [first] = (environment['OMP_NUM_THREADS'] ?? '').split(',');
  const named = Number(first);
  return Number.isInteger(named) && named >= 1 ? named : availableParallelism();
}
