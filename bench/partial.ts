/**
 * What partial channels save: the time and the engine's memory of a step of PC-DARTS beside one of DARTS, the two in turns:
 * `npm run bench:partial`.
 */
import { availableParallelism } from 'node:os';
import { FusedSupernet } from '../src/network/fused/fusedSupernet';
import { dartsPlan, median, smallSize, startOf, uniformMixtures, type Size } from './support/darts';

const threads = availableParallelism();
const sizes = [
  { size: smallSize, rounds: 25 },
  { size: { ...smallSize, channels: 16, cells: 8, batch: 64 }, rounds: 7 },
];
/** K of the paper. */
const share = 4;

function start(size: Size) {
  const plan = dartsPlan(size);
  const mixtures = uniformMixtures(size);
  const { weights, batch } = startOf(plan, size.batch);
  const supernet = new FusedSupernet(plan, threads);
  const step = async (): Promise<number> => {
    const begin = performance.now();
    await supernet.differentiate(batch, weights, mixtures, 'weights');
    return performance.now() - begin;
  };
  return { supernet, step };
}

async function main(): Promise<void> {
  for (const { size, rounds } of sizes) {
    const [whole, partial] = [start({ ...size, partial: 1 }), start({ ...size, partial: share })];
    const times = { whole: [] as number[], partial: [] as number[], ratio: [] as number[] };
    // The first two rounds only warm up.
    for (let round = -2; round < rounds; round++) {
      const [a, b] = [await whole.step(), await partial.step()];
      if (round < 0) continue;
      times.whole.push(a);
      times.partial.push(b);
      times.ratio.push(a / b);
    }
    const memory = partial.supernet.memory / whole.supernet.memory;
    const range = `${Math.min(...times.ratio).toFixed(2)}–${Math.max(...times.ratio).toFixed(2)}`;
    console.log(
      `C ${size.channels}, ${size.cells} cells, batch ${size.batch}, ${threads} threads: DARTS ${median(times.whole).toFixed(0)} ms, PC-DARTS ${median(times.partial).toFixed(0)} ms: ` +
        `${median(times.ratio).toFixed(2)}× faster (${range}, ${rounds} rounds), ${(100 * memory).toFixed(0)} % of the memory`,
    );
    whole.supernet.dispose();
    partial.supernet.dispose();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
