/**
 * How long a training step takes and how much memory, beside the same network in plain PyTorch: `npm run bench:supernet`.
 * Both sides are processes, hold the same weights, and take their steps in turns. `--case NAME` runs one.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { partialMixtures, pathMixtures, softmaxMixtures } from '../src/network/mixture';
import { layoutOf } from '../src/network/structure';
import type { Mixtures } from '../src/network/supernet';
import { Random } from '../src/random';
import { planFoundNetwork, planSupernet } from '../src/space/cell/plan';
import type { NetworkPlan } from '../src/space/plan';
import { cellEdges, type CellSpace } from '../src/space/cell/alpha';
import type { Skeleton } from '../src/space/frame';
import { dartsOperations } from '../src/space/operations';
import { dartsV2 } from '../test/support/genotypes';
import { randomBatch } from '../test/support/supernets';
import { median } from './support/darts';
import { ensurePeerPython, startPeer, type PeerInput, type PeerSpec } from './supernet/peer';
import type { OurAnswer, OurCommand } from './supernet/ours';

interface Case {
  readonly name: string;
  readonly batch: number;
  readonly rounds: number;
  readonly plan: NetworkPlan;
  readonly mixtures?: Mixtures;
  spec(threads: number): PeerSpec;
  readonly architecture: Pick<PeerInput, 'alphas' | 'betas'>;
  /** What the papers' networks have, where they do. */
  readonly parameters?: number;
}

const space: CellSpace = { operations: dartsOperations, nodes: 4, inputsPerNode: 2 };
const edges = cellEdges(space.nodes);
const cores = availableParallelism();

function skeletonOf(channels: number, cells: number): Skeleton {
  return { channels, cells, stemMultiplier: 3, input: { height: 32, width: 32, channels: 3 }, classes: 10 };
}

const random = Random.fromSeed(1, 'bench supernet');
const both = <T>(make: () => T) => ({ normal: make(), reduction: make() });
const alphas = both(() => edges.map(() => dartsOperations.map(() => 0.3 * random.normal())));
const betas = both(() => edges.map(() => 0.3 * random.normal()));
const choices = both(() => edges.map(() => random.integer(dartsOperations.length)));

interface Sizes {
  readonly channels: number;
  readonly cells: number;
  readonly batch: number;
  readonly rounds: number;
}

const small: Sizes = { channels: 8, cells: 4, batch: 32, rounds: 9 };
const large: Sizes = { channels: 16, cells: 8, batch: 64, rounds: 5 };

type Named = Pick<Case, 'name' | 'batch' | 'rounds'> & { readonly skeleton: Skeleton };

function named(form: string, { channels, cells, batch, rounds }: Sizes): Named {
  const name = `${form} C ${channels}, ${cells} cells, batch ${batch}`;
  return { name, batch, rounds, skeleton: skeletonOf(channels, cells) };
}

function dartsCase(sizes: Sizes, parameters?: number): Case {
  const { skeleton, ...rest } = named('DARTS', sizes);
  return {
    ...{ ...rest, parameters },
    plan: planSupernet(space, skeleton),
    mixtures: softmaxMixtures(alphas),
    spec: (threads) => ({ network: 'darts', skeleton, space, threads }),
    architecture: { alphas },
  };
}

function partialCase(sizes: Sizes, parameters?: number): Case {
  const { skeleton, ...rest } = named('PC-DARTS', sizes);
  return {
    ...{ ...rest, parameters },
    plan: planSupernet(space, skeleton, { partialChannels: 4 }),
    mixtures: partialMixtures(alphas, betas, edges),
    spec: (threads) => ({ network: 'pcdarts', skeleton, space, k: 4, threads }),
    architecture: { alphas, betas },
  };
}

function pathCase(): Case {
  const { skeleton, ...rest } = named('single path', { ...large, cells: 10, rounds: 7 });
  const namesOf = (chosen: readonly number[]): string[] => chosen.map((k) => dartsOperations[k]!);
  const path = { normal: namesOf(choices.normal), reduction: namesOf(choices.reduction) };
  return {
    ...rest,
    plan: planSupernet(space, skeleton),
    mixtures: pathMixtures(choices, dartsOperations.length),
    spec: (threads) => ({ network: 'path', skeleton, space, path, threads }),
    architecture: {},
  };
}

function foundCase(): Case {
  const { skeleton, ...rest } = named('found network DARTS_V2', { ...large, rounds: 7 });
  return {
    ...rest,
    plan: planFoundNetwork(dartsV2, skeleton),
    spec: (threads) => ({ network: 'found', skeleton, genotype: dartsV2, threads }),
    architecture: {},
  };
}

const cases = [
  dartsCase(small),
  dartsCase(large, 1_930_618),
  partialCase(small),
  partialCase(large, 299_578),
  pathCase(),
  foundCase(),
];

/** Our process, asked one thing at a time. */
class Ours {
  private readonly child: ChildProcess = fork(path.join(__dirname, 'supernet/ours.ts'), {
    execArgv: ['--import', 'tsx'],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });

  ask(command: OurCommand): Promise<OurAnswer> {
    return new Promise((resolve, reject) => {
      const end = (code: number | null): void => reject(new Error(`Our process ended with code ${code}.`));
      this.child.once('exit', end);
      this.child.once('message', (answer: OurAnswer) => {
        this.child.off('exit', end);
        if (answer.error) reject(new Error(answer.error));
        else resolve(answer);
      });
      this.child.send(command);
    });
  }

  close(): void {
    this.child.kill();
  }
}

const spread = (values: readonly number[], digits: number): string =>
  `${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)}`;

/** Steps of both in turns; what each took, in seconds, and its peak memory. */
async function compare(item: Case, python: string, threads: number) {
  const random = Random.fromSeed(2, item.name);
  const weights = layoutOf(item.plan).initialize(random);
  const batch = randomBatch(item.plan, item.batch, random);
  const peer = startPeer(python, item.spec(threads));
  const ours = new Ours();
  try {
    const built = await peer.build();
    if (built.parameters !== weights.length || (item.parameters ?? built.parameters) !== built.parameters) {
      throw new Error(`PyTorch built ${built.parameters} parameters, we have ${weights.length}.`);
    }
    await peer.load({ weights, ...batch, ...item.architecture });
    const engine = { engine: 'fused', threads: cores } as const;
    await ours.ask({ load: { plan: item.plan, weights, mixtures: item.mixtures, batch, engine } });
    // The first step of each also warms up.
    const expected = (await peer.step()).loss;
    const loss = (await ours.ask('step')).loss!;
    const relative = Math.abs(loss / expected - 1);
    if (!(relative < 1e-4)) throw new Error(`The loss is ${loss}, PyTorch's ${expected}.`);
    const times = { peer: [] as number[], ours: [] as number[] };
    for (let round = 0; round < item.rounds; round++) {
      times.peer.push((await peer.step()).seconds);
      times.ours.push((await ours.ask('step')).seconds!);
    }
    return { times, relative, peerPeak: (await peer.memory()).peak, ...(await ours.ask('memory')) };
  } finally {
    ours.close();
    await peer.close();
  }
}

/** The thread count with which PyTorch takes the small step fastest. */
async function bestThreads(python: string): Promise<number> {
  const counts = [...new Set([1, Math.ceil(cores / 2), cores])];
  const seconds: number[] = [];
  for (const threads of counts) {
    const item = cases[0]!;
    const random = Random.fromSeed(3);
    const peer = startPeer(python, item.spec(threads));
    await peer.build();
    const weights = layoutOf(item.plan).initialize(random);
    await peer.load({ weights, ...randomBatch(item.plan, item.batch, random), ...item.architecture });
    const steps = [];
    for (let i = 0; i < 4; i++) steps.push((await peer.step()).seconds);
    seconds.push(Math.min(...steps));
    await peer.close();
  }
  return counts[seconds.indexOf(Math.min(...seconds))]!;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { case: { type: 'string' } } });
  const python = await ensurePeerPython();
  if (!python) return;
  const threads = await bestThreads(python.python);
  console.log(
    `PyTorch ${python.version} (${python.origin}) on ${threads} threads, its fastest of 1 to ${cores}.`,
  );
  console.log(`Fused engine on ${cores} threads, Node ${process.versions.node}. ${cpus()[0]!.model}.`);
  console.log(
    'One step: forward and backward, gradient of the weights. Ratio: PyTorch’s time over ours, median (range).\n',
  );
  const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
  for (const item of cases) {
    if (values.case && !item.name.includes(values.case)) continue;
    const { times, relative, peak, empty, peerPeak } = await compare(item, python.python, threads);
    const ratios = times.peer.map((seconds, i) => seconds / times.ours[i]!);
    console.log(item.name);
    console.log(`  ${median(ratios).toFixed(2)}× faster (${spread(ratios, 2)}, ${item.rounds} rounds)`);
    console.log(
      `  PyTorch ${median(times.peer).toFixed(3)} s (${spread(times.peer, 3)}), ours ${median(times.ours).toFixed(3)} s (${spread(times.ours, 3)})`,
    );
    const share = ((100 * peak!) / peerPeak).toFixed(0);
    console.log(
      `  peak memory: PyTorch ${megabytes(peerPeak)}, ours ${megabytes(peak!)} = ${share} % (${megabytes(empty!)} of it before the network)`,
    );
    console.log(`  same loss to ${relative.toExponential(0)}, ${layoutOf(item.plan).size} parameters\n`);
  }
}

void main();
