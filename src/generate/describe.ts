/** A genotype file as what all target languages write down: blocks, operations, wiring, numbers. */
import type { Cost } from '../cost/layers';
import { networkCost } from '../cost/network';
import type { NetworkPlan } from '../space/plan';
import type { FileOf, GenotypeFile, SpaceType } from '../space/genotype';
import type { Activation, Gate } from '../space/layers';
import { planNetwork } from '../space/network';
import { operations as registry } from '../space/operations';
import { convBlock, factorizedReduceBlock, reluConvBnBlock, type Block } from './blocks';
import { describeOperations, type OperationCase } from './operations';
import { reachablePlan } from './reachable';
import {
  bench201Surroundings,
  cellSurroundings,
  chainSurroundings,
  type ChainSite,
  type Surroundings,
} from './surroundings';
import type { Expression, ParameterName, SymbolicLayer } from './symbolic';

/** What code generation knows of a network of any space. */
export interface Described<S extends SpaceType> {
  readonly space: S;
  readonly file: FileOf<S>;
  readonly plan: NetworkPlan;
  /** Of the whole network, as PyTorch builds it. */
  readonly cost: Cost;
  /** Without what has no effect on the output. */
  readonly reachableCost: Cost;
  /** What a functional model contains. */
  readonly functionalCost: Cost;
  /** Those of the genotype, in the order of the registry. */
  readonly operations: readonly OperationCase[];
  /** Those that the operations and the rest of the network are made of. */
  readonly blocks: readonly Block[];
  /** Whether any layer that the code needs fulfils a condition, those inside branches included. */
  readonly needs: (condition: (layer: SymbolicLayer) => boolean) => boolean;
  /** Whether code tells every operation its stride, also where none of them asks for one. */
  readonly passesStride?: boolean;
}

/** Normal and reduction cells. */
export interface CellDescription extends Described<'cell'> {
  /** Whether some node has no edges. */
  readonly hasBareNode: boolean;
  /** Whether some node adds up a single edge, or some cell concatenates a single node. */
  readonly hasLoneEdge: boolean;
  readonly hasLoneNode: boolean;
}

/** One cell in three stages. */
export interface Bench201Description extends Described<'nasbench201'> {
  readonly cellsPerStage: number;
}

/** Stages of inverted residual blocks. */
export interface MbconvDescription extends Described<'mbconv'> {
  /** Those of the network, each once. */
  readonly activations: readonly Activation[];
  /** The only one; nothing where there are several. */
  readonly activation: Activation | undefined;
  /** What is inside of it; nothing where no block has one. */
  readonly squeezeExcite: { readonly inner: Activation; readonly gate: Gate } | undefined;
}

/** Descriptions that say more than `Described`. */
interface OwnDescriptions {
  readonly cell: CellDescription;
  readonly nasbench201: Bench201Description;
  readonly mbconv: MbconvDescription;
}

export type DescriptionOf<S extends SpaceType> = S extends keyof OwnDescriptions
  ? OwnDescriptions[S]
  : Described<S>;
export type ChainDescription = DescriptionOf<'chain'>;
export type NetworkDescription = { [S in SpaceType]: DescriptionOf<S> }[SpaceType];

/**
 * Something for each space that is asked with the space's own kind of description: `ask` with one of any kind takes the
 * right one.
 */
export type BySpace<Result> = { readonly [S in SpaceType]: (description: DescriptionOf<S>) => Result };

export function ask<Result>(bySpace: BySpace<Result>, description: NetworkDescription): Result {
  return (bySpace[description.space] as (own: NetworkDescription) => Result)(description);
}

function withInner(layers: readonly SymbolicLayer[]): SymbolicLayer[] {
  return layers.flatMap((layer) =>
    layer.kind === 'parallel' ? [layer, ...layer.branches.flatMap(withInner)] : [layer],
  );
}

function channelsOf(plan: NetworkPlan): number[] {
  return [...new Set(plan.cells.map((cell) => cell.channels))];
}

/** The operations with these names, and the blocks that they and the network need. */
function describeParts(
  used: ReadonlySet<string>,
  standing: readonly Block[],
  surroundings: Surroundings,
): Pick<NetworkDescription, 'operations' | 'blocks' | 'needs'> {
  const names = registry.map((operation) => operation.name).filter((name) => used.has(name));
  const operations = describeOperations(names, surroundings);
  const bodies = operations.flatMap((operation) => operation.variants.map((variant) => variant.body));
  const blocks = [...standing];
  for (const body of bodies) {
    if (body.kind === 'block' && !blocks.includes(body.block)) blocks.push(body.block);
  }
  const single = bodies.flatMap((body) => (body.kind === 'layer' ? [body.layer] : []));
  const layers = withInner([...single, ...blocks.flatMap((block) => block.layers)]);
  return { operations, blocks, needs: (condition) => layers.some(condition) };
}

function describeCells(file: FileOf<'cell'>, plan: NetworkPlan): CellDescription {
  const cells = [file.genotype.normal, file.genotype.reduction];
  const used = new Set(cells.flatMap((cell) => cell.nodes.flat().map((edge) => edge.operation)));
  const standing = [reluConvBnBlock, factorizedReduceBlock];
  const parts = describeParts(used, standing, cellSurroundings(channelsOf(plan)));
  const hasBareNode = cells.some((cell) => cell.nodes.some((edges) => edges.length === 0));
  const zeros: SymbolicLayer = { kind: 'zero', stride: { kind: 'parameter', of: 'stride' } };
  return {
    space: 'cell',
    file,
    plan,
    cost: networkCost(plan),
    reachableCost: networkCost(reachablePlan(plan, false)),
    functionalCost: networkCost(reachablePlan(plan, true)),
    ...parts,
    needs: (condition) => parts.needs(condition) || (hasBareNode && condition(zeros)),
    passesStride: true,
    hasBareNode,
    hasLoneEdge: cells.some((cell) => cell.nodes.some((edges) => edges.length === 1)),
    hasLoneNode: cells.some((cell) => cell.concat.length === 1),
  };
}

function describeBench201(file: FileOf<'nasbench201'>, plan: NetworkPlan): Bench201Description {
  const cells = plan.cells.filter(({ kind }) => kind !== 'fixed');
  const cost = networkCost(plan);
  return {
    space: 'nasbench201',
    file,
    plan,
    cost,
    reachableCost: networkCost(reachablePlan(plan, false)),
    functionalCost: cost,
    ...describeParts(new Set(file.genotype.operations), [convBlock], bench201Surroundings(channelsOf(plan))),
    cellsPerStage: cells.length / 3,
  };
}

function describeChain(file: FileOf<'chain'>, plan: NetworkPlan): ChainDescription {
  const { layers } = file.genotype;
  const sites = layers.map((layer, i): ChainSite => ({
    ...layer,
    inChannels: plan.cells[i]!.entry.channels,
  }));
  const cost = networkCost(plan);
  return {
    space: 'chain',
    file,
    plan,
    cost,
    reachableCost: cost,
    functionalCost: cost,
    ...describeParts(new Set(layers.map(({ operation }) => operation)), [], chainSurroundings(sites)),
  };
}

const parameter = (of: ParameterName): Expression => ({ kind: 'parameter', of });
const constant = (value: number): Expression => ({ kind: 'constant', value });

function describeMbconv(file: FileOf<'mbconv'>, plan: NetworkPlan): MbconvDescription {
  const { stem, stages, head } = file.genotype;
  const activations = [...new Set([stem, ...stages, head].map(({ activation }) => activation))];
  const layers = plan.cells.flatMap((cell) =>
    cell.nodes.flat().flatMap((edge) => edge.candidates.flatMap((candidate) => candidate.layers)),
  );
  const channels = parameter('channels');
  const needed: SymbolicLayer[] = [
    {
      kind: 'conv',
      inChannels: channels,
      filters: channels,
      kernel: constant(3),
      stride: constant(stem.stride),
    },
    {
      kind: 'depthwise',
      channels,
      kernel: parameter('kernel'),
      stride: parameter('stride'),
      dilation: 1,
    },
    { kind: 'batchNorm', channels, affine: true },
    ...(activations.includes('relu') ? [{ kind: 'relu' } as const] : []),
  ];
  const cost = networkCost(plan);
  return {
    space: 'mbconv',
    file,
    plan,
    cost,
    reachableCost: cost,
    functionalCost: cost,
    operations: [],
    blocks: [],
    needs: (condition) => needed.some(condition),
    activations,
    activation: activations.length === 1 ? activations[0] : undefined,
    squeezeExcite: layers.find((layer) => layer.kind === 'squeezeExcite'),
  };
}

/** Any other space: its operations stand as in a cell, all that keep their channels. */
function describeAny<S extends SpaceType>(file: FileOf<S>, plan: NetworkPlan): Described<S> {
  const candidates = plan.cells.flatMap((cell) => cell.nodes.flat().flatMap((edge) => edge.candidates));
  const used = new Set(candidates.map(({ operation }) => operation));
  const cost = networkCost(plan);
  return {
    space: file.genotype.space,
    file,
    plan,
    cost,
    reachableCost: cost,
    functionalCost: cost,
    ...describeParts(used, [], cellSurroundings(channelsOf(plan))),
  };
}

type Describe<S extends SpaceType> = (file: FileOf<S>, plan: NetworkPlan) => DescriptionOf<S>;

/** Spaces whose networks need more than `describeAny` knows. */
const describers: { readonly [S in SpaceType]?: Describe<S> } = {
  cell: describeCells,
  nasbench201: describeBench201,
  chain: describeChain,
  mbconv: describeMbconv,
};

/** @throws RangeError when the genotype needs a skeleton that the file does not have; `readGenotypeFile` checks */
export function describeNetwork(file: GenotypeFile): NetworkDescription {
  const plan = planNetwork(file.genotype, file.network);
  const describe = (describers[file.genotype.space] ?? describeAny) as Describe<SpaceType>;
  return describe(file, plan);
}
