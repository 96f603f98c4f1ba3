/**
 * The project's NASWOT and synflow against the scores that NASLib stored for cells of NAS-Bench-201 (CIFAR-10), for networks
 * of the benchmark's shape: C 16, N 5, 32×32×3, new weights. NASWOT sees random images instead of CIFAR-10's.
 *
 *     npm run bench:zerocost [-- <folder of the tables>] [--cells 240] [--images 16]
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadBackend } from '../src/backend/load';
import { UserError } from '../src/errors';
import { layoutOf } from '../src/network/structure';
import { zeroCostProxies } from '../src/network/reference/zeroCost';
import { Random } from '../src/random';
import { bench201Operations, planBench201Network } from '../src/space/bench201/plan';
import { spearman } from '../src/statistics';
import { randomBatch } from '../test/support/supernets';

const file = 'zero_cost_naslib_apache.csv';

interface Stored {
  readonly cell: readonly string[];
  readonly nwot: number;
  readonly synflow: number;
}

/** The cells of CIFAR-10 with their scores. */
function readScores(path: string): Stored[] {
  const [header, ...lines] = readFileSync(path, 'utf8').trim().split('\n');
  const names = header!.trim().split(',');
  const column = (name: string): number => names.indexOf(name);
  return lines
    .map((line) => line.trim().split(','))
    .filter((fields) => fields[column('dataset')] === 'cifar10')
    .map((fields) => ({
      cell: [...fields[column('ops')]!].map((digit) => bench201Operations[Number(digit)]!),
      nwot: Number(fields[column('nwot')]),
      synflow: Number(fields[column('synflow')]),
    }));
}

/** The score, or the smallest there is for a cell that lets nothing through. */
async function scoreOrLowest(score: Promise<number>): Promise<number> {
  try {
    return await score;
  } catch (error) {
    if (error instanceof UserError && error.code === 'no-score') return -Infinity;
    throw error;
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { cells: { type: 'string', default: '240' }, images: { type: 'string', default: '16' } },
  });
  const path = join(positionals[0] ?? '../shared/data/nasbench201', file);
  if (!existsSync(path)) {
    console.log(`Skipped: there is no ${path}.`);
    return;
  }
  const { name } = await loadBackend('auto');
  const random = Random.fromSeed(1, 'zero-cost');
  const stored = random.shuffle(readScores(path)).slice(0, Number(values.cells));
  const skeleton = {
    channels: 16,
    cellsPerStage: 5,
    input: { height: 32, width: 32, channels: 3 },
    classes: 10,
  };
  const batch = randomBatch(
    planBench201Network(stored[0]!.cell, skeleton),
    Number(values.images),
    Random.fromSeed(1, 'images'),
  );
  const own = { nwot: [] as number[], synflow: [] as number[] };
  const begin = performance.now();
  for (const { cell } of stored) {
    const plan = planBench201Network(cell, skeleton);
    const weights = layoutOf(plan).initialize(random);
    own.nwot.push(await scoreOrLowest(zeroCostProxies.naswot(plan, weights, batch)));
    own.synflow.push(await scoreOrLowest(zeroCostProxies.synflow(plan, weights)));
  }
  const seconds = (performance.now() - begin) / 1000;
  console.log(
    `${stored.length} cells on ${name}, NASWOT with ${values.images} random images, ${seconds.toFixed(0)} s`,
  );
  for (const score of ['nwot', 'synflow'] as const) {
    const without = own[score].filter((value) => value === -Infinity).length;
    const theirs = stored.map((cell) => cell[score]);
    console.log(
      `${score.padEnd(8)} Spearman ${spearman(own[score], theirs).toFixed(3)} with the stored scores (${without} cells let nothing through)`,
    );
  }
}

void main();
