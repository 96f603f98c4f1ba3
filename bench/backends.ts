/**
 * How much slower a step of the `laptop` search is on WebAssembly than on native TensorFlow, the two in turns:
 * `npm run bench:backends`.
 */
import { loadBackend } from '../src/backend/load';
import { parseConfig } from '../src/config/parse';
import { frameOf, spaceOf } from '../src/job/plan';
import { softmaxMixtures } from '../src/network/mixture';
import { ReferenceSupernet } from '../src/network/reference/referenceSupernet';
import { Random } from '../src/random';
import { randomBatch } from '../test/support/supernets';
import { median } from './support/darts';

const rounds = 5;
const { config, facts } = parseConfig('{ "preset": "laptop" }');
if (!config || !facts) throw new Error('The preset is broken.');
const space = spaceOf(config).supernet!;
const supernet = new ReferenceSupernet(space.plan(frameOf(config, facts)));
const random = Random.fromSeed(1, 'bench');
const weights = supernet.layout.initialize(random);
const batch = randomBatch(supernet.plan, config.training.batchSize, random);
const zeros = space.edges.map(() => space.operations.map(() => 0));
const mixtures = softmaxMixtures({ normal: zeros, reduction: zeros });

/** Milliseconds of one step of α and one of w, gradients read back. */
async function step(): Promise<number> {
  const begin = performance.now();
  await supernet.differentiate(batch, weights, mixtures, 'mixtures');
  await supernet.differentiate(batch, weights, mixtures, 'weights');
  return performance.now() - begin;
}

async function main(): Promise<void> {
  const times = { tensorflow: [] as number[], wasm: [] as number[] };
  const ratios: number[] = [];
  for (let round = -1; round < rounds; round++) {
    const now = { tensorflow: 0, wasm: 0 };
    for (const backend of ['tensorflow', 'wasm'] as const) {
      await loadBackend(backend);
      now[backend] = await step();
      // The first round only warms up.
      if (round >= 0) times[backend].push(now[backend]);
    }
    if (round >= 0) ratios.push(now.wasm / now.tensorflow);
  }
  for (const [backend, values] of Object.entries(times)) {
    const [low, high] = [Math.min(...values), Math.max(...values)].map(Math.round);
    console.log(
      `${backend.padEnd(10)} ${Math.round(median(values))} ms (${low} to ${high}) for a step of α and one of w`,
    );
  }
  console.log(`wasm takes ${median(ratios).toFixed(2)} times as long (median of ${rounds} pairs)`);
}

void main();
