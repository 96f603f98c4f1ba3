/** A genotype file as what all target languages write down: blocks, operations, wiring, numbers. */
import type { Cost } from '../cost/layers';
import { networkCost } from '../cost/network';
import { planFoundNetwork, type NetworkPlan } from '../space/cell/plan';
import type { GenotypeFile } from '../space/genotype';
import { operations as registry } from '../space/operations';
import {
  describeOperations,
  factorizedReduceBlock,
  reluConvBnBlock,
  type Block,
  type OperationCase,
} from './operations';
import { reachablePlan } from './reachable';
import type { SymbolicLayer } from './symbolic';

export interface NetworkDescription {
  readonly file: GenotypeFile;
  readonly plan: NetworkPlan;
  /** Of the whole network, as PyTorch builds it. */
  readonly cost: Cost;
  /** Without what has no effect on the output, as functional models are. */
  readonly reachableCost: Cost;
  /** Those of the genotype, in the order of the registry. */
  readonly operations: readonly OperationCase[];
  /** Those that the operations and the cells' inputs are made of. */
  readonly blocks: readonly Block[];
  /** Whether any layer that the code needs fulfils a condition, those inside branches included. */
  readonly needs: (condition: (layer: SymbolicLayer) => boolean) => boolean;
  /** Whether some node adds up a single edge, or some cell concatenates a single node. */
  readonly hasLoneEdge: boolean;
  readonly hasLoneNode: boolean;
}

function withInner(layers: readonly SymbolicLayer[]): SymbolicLayer[] {
  return layers.flatMap((layer) =>
    layer.kind === 'parallel' ? [layer, ...layer.branches.flatMap(withInner)] : [layer],
  );
}

export function describeNetwork(file: GenotypeFile): NetworkDescription {
  const plan = planFoundNetwork(file.genotype, file.network);
  const cells = [file.genotype.normal, file.genotype.reduction];
  const used = new Set(cells.flatMap((cell) => cell.nodes.flat().map((edge) => edge.operation)));
  const channels = [...new Set(plan.cells.map((cell) => cell.channels))];
  const operations = describeOperations(
    registry.map((operation) => operation.name).filter((name) => used.has(name)),
    channels,
  );
  const bodies = operations.flatMap((operation) => operation.variants.map((variant) => variant.body));
  const blocks = [reluConvBnBlock, factorizedReduceBlock];
  for (const body of bodies) {
    if (body.kind === 'block' && !blocks.includes(body.block)) blocks.push(body.block);
  }
  const single = bodies.flatMap((body) => (body.kind === 'layer' ? [body.layer] : []));
  const layers = withInner([...single, ...blocks.flatMap((block) => block.layers)]);
  return {
    file,
    plan,
    cost: networkCost(plan),
    reachableCost: networkCost(reachablePlan(plan)),
    operations,
    blocks,
    needs: (condition) => layers.some(condition),
    hasLoneEdge: cells.some((cell) => cell.nodes.some((edges) => edges.length === 1)),
    hasLoneNode: cells.some((cell) => cell.concat.length === 1),
  };
}
