/**
 * How the time of a DARTS weights step grows with each size, around one base point: `npm run bench:scaling
 * [-- --json FILE]`. Prints tables and draws docs/images/scaling.svg.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { networkCost } from '../src/cost/network';
import { createSupernet } from '../src/network/engines';
import { drawFigure, type Panel } from './scaling/plot';
import { dartsPlan, median, smallSize, startOf, uniformMixtures, type Size } from './support/darts';

const sweeps = 3;
const stepsEach = 3;
const cores = availableParallelism();

interface Setting extends Size {
  readonly threads: number;
}

const base: Setting = { ...smallSize, threads: cores };

/** Ordered so that costly and cheap operations alternate. */
const operations = [
  ...['sep_conv_3x3', 'max_pool_3x3', 'dil_conv_3x3', 'skip_connect'],
  ...['sep_conv_5x5', 'avg_pool_3x3', 'dil_conv_5x5', 'none'],
];

interface Variable {
  readonly label: string;
  readonly values: readonly number[];
  readonly base: number;
  set(value: number): Partial<Setting>;
}

const variables: readonly Variable[] = [
  {
    label: 'batch (images)',
    values: [4, 8, 16, 32, 64, 96, 128],
    base: base.batch,
    set: (batch) => ({ batch }),
  },
  {
    label: 'channels of the first cell',
    values: [4, 8, 12, 16, 24, 32],
    base: base.channels,
    set: (channels) => ({ channels }),
  },
  {
    label: 'nodes in a cell',
    values: [1, 2, 3, 4, 5, 6],
    base: base.nodes,
    set: (nodes) => ({ nodes }),
  },
  {
    label: 'operations on an edge',
    values: operations.map((_, i) => i + 1),
    base: operations.length,
    set: (count) => ({ operations: operations.slice(0, count) }),
  },
  {
    label: 'cells',
    values: [2, 3, 4, 6, 8, 10, 12],
    base: base.cells,
    set: (cells) => ({ cells }),
  },
  {
    label: 'image side (pixels)',
    values: [8, 16, 24, 32, 48, 64],
    base: base.side,
    set: (side) => ({ side }),
  },
  {
    label: 'threads',
    values: Array.from({ length: cores }, (_, i) => i + 1),
    base: cores,
    set: (threads) => ({ threads }),
  },
];

/** Seconds of some steps with the gradient read back, after one that writes the program. */
async function measure(setting: Setting): Promise<number[]> {
  const plan = dartsPlan(setting);
  const { weights, batch } = startOf(plan, setting.batch);
  const mixtures = uniformMixtures(setting);
  const supernet = createSupernet(plan, { engine: 'fused', threads: setting.threads });
  const seconds: number[] = [];
  try {
    for (let step = -1; step < stepsEach; step++) {
      const begin = performance.now();
      await supernet.differentiate(batch, weights, mixtures, 'weights');
      if (step >= 0) seconds.push((performance.now() - begin) / 1000);
    }
  } finally {
    supernet.dispose();
  }
  return seconds;
}

/** What a step takes if its time is in proportion to the multiply–adds, and shared evenly by the threads. */
function work(setting: Setting): number {
  return (networkCost(dartsPlan(setting)).flops * setting.batch) / setting.threads;
}

interface Row {
  readonly value: number;
  readonly setting: Setting;
  readonly seconds: number[];
}

function print({ label }: Variable, rows: readonly Row[], panel: Panel): void {
  console.log(
    `\n${label.padEnd(28)}${'best'.padStart(9)}${'median'.padStart(9)}${'in proportion'.padStart(15)}`,
  );
  rows.forEach(({ value, seconds }, i) => {
    const added = label.startsWith('operations') ? ` (+ ${operations[value - 1]})` : '';
    const cells = [Math.min(...seconds), median(seconds)].map((time) => time.toFixed(3).padStart(9)).join('');
    console.log(
      `${`${value}${added}`.padEnd(28)}${cells}${panel.points[i]!.reference.toFixed(3).padStart(15)}`,
    );
  });
}

async function main(): Promise<void> {
  const { values: options } = parseArgs({ options: { json: { type: 'string' } } });
  const table = variables.map((variable) =>
    variable.values.map((value): Row => {
      return { value, setting: { ...base, ...variable.set(value) }, seconds: [] };
    }),
  );
  // Whole sweeps one after the other: what slows the machine for a while slows one of them, and not one point.
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (const row of table.flat()) row.seconds.push(...(await measure(row.setting)));
  }
  const processor = cpus()[0]!.model;
  const panels = table.map((rows, i): Panel => {
    const { label, base: at } = variables[i]!;
    const anchor = rows.find(({ value }) => value === (label === 'threads' ? 1 : at))!;
    const scale = Math.min(...anchor.seconds) / work(anchor.setting);
    const points = rows.map(({ value, setting, seconds }) => ({
      value,
      time: Math.min(...seconds),
      reference: scale * work(setting),
    }));
    return { label, base: at, points };
  });
  console.log('Seconds of a weights step of DARTS, forward and backward, gradient read back.');
  console.log(`Best and median of ${sweeps * stepsEach}. ${cores} threads unless they vary. ${processor}.`);
  table.forEach((rows, i) => print(variables[i]!, rows, panels[i]!));
  const figure = drawFigure({
    title: 'Time of a DARTS weights step against each size',
    subtitle: `One size varies, the others stay: C 8, 4 cells, batch 32, 4 nodes, 8 operations, images of 32 × 32, ${cores} threads. Best of ${sweeps * stepsEach}.`,
    note: [
      'Time in seconds. Reference: in',
      'proportion to the multiply–adds,',
      'from the base point on; in the last',
      'panel, one thread’s time shared',
      'evenly.',
    ],
    panels,
  });
  writeFileSync(path.join(__dirname, '../docs/images/scaling.svg'), figure);
  if (options.json) {
    const results = table.map((rows, i) => ({
      ...panels[i]!,
      seconds: Object.fromEntries(rows.map(({ value, seconds }) => [value, seconds])),
    }));
    writeFileSync(options.json, `${JSON.stringify({ processor, cores, results }, null, 2)}\n`);
  }
}

void main();
