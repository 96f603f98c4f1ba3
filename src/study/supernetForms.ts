/**
 * What the forms of weight sharing cost in memory and work, one beside the other: all operations mixed (DARTS), a part of the
 * channels (PC-DARTS), one operation on each edge, one architecture's path. Predicted from plans and the engine's programs.
 */
import { networkCost } from '../cost/network';
import { stepMemory, type StepMemory } from '../network/fused/memory';
import type { Mixtures } from '../network/supernet';
import { whereSupported } from '../network/unsupported';
import { Random } from '../random';
import type { NetworkPlan } from '../space/plan';
import { cellKinds, type CellKind, type NetworkFrame } from '../space/frame';
import type { EdgeWeights, SearchSpace, SupernetSpace } from '../space/searchSpace';

export type FormName = 'all' | 'partial' | 'one-each' | 'path';

/** One way to train a supernet. */
export interface SupernetForm {
  readonly name: FormName;
  readonly title: string;
  readonly plan: NetworkPlan;
  /** A candidate with the weight 0 is not computed. */
  readonly mixtures: Mixtures;
  /** Whether α is trained beside w. */
  readonly trained: 'weights' | 'both';
}

/** K of PC-DARTS in its paper. */
const paperShare = 4;

export interface FormOptions {
  readonly seed: number;
  /** K: 1/K of the channels go through the operations. */
  readonly partialChannels?: number;
}

/** The forms that a space has; none where it has no supernet. */
export function supernetForms(space: SearchSpace, frame: NetworkFrame, options: FormOptions): SupernetForm[] {
  const { supernet } = space;
  if (!supernet) return [];
  const plan = supernet.plan(frame);
  const random = Random.fromSeed(options.seed, 'supernet forms');
  const operations = supernet.operations.length;
  const all = withRows(supernet, () => supernet.operations.map(() => 1 / operations));
  const one = withRows(supernet, () => {
    const chosen = random.integer(operations);
    return supernet.operations.map((_, i) => (i === chosen ? 1 : 0));
  });
  const path = supernet.path(space.sample(random));
  const share = options.partialChannels ?? paperShare;
  const partial = partialPlan(supernet, frame, share);
  const bypass = supernet.edges.map(() => 1);
  return [
    form('all', `All ${operations} operations mixed (DARTS)`, plan, all, 'both'),
    ...(partial
      ? [form('partial', `1/${share} of the channels (PC-DARTS)`, partial, all, 'both', bypass)]
      : []),
    form('one-each', 'One operation on each edge', plan, one, 'weights'),
    form('path', 'One architecture’s path (single path)', plan, path, 'weights'),
  ];
}

function form(
  name: FormName,
  title: string,
  plan: NetworkPlan,
  rows: EdgeWeights,
  trained: SupernetForm['trained'],
  bypass?: readonly number[],
): SupernetForm {
  const of = (kind: CellKind) => ({
    operations: rows[kind],
    bypass: bypass && rows[kind].length > 0 ? bypass : undefined,
  });
  return { name, title, plan, mixtures: { normal: of('normal'), reduction: of('reduction') }, trained };
}

/** The same row rule for every edge of the kinds that the space has. */
function withRows({ kinds, edges }: SupernetSpace, row: () => number[]): EdgeWeights {
  const [normal, reduction] = cellKinds.map((kind) => (kinds.includes(kind) ? edges.map(row) : []));
  return { normal: normal!, reduction: reduction! };
}

/** @returns undefined where the channels cannot be divided so */
function partialPlan(supernet: SupernetSpace, frame: NetworkFrame, partialChannels: number) {
  try {
    return supernet.plan(frame, { partialChannels });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

export interface FormForecast {
  readonly name: FormName;
  readonly title: string;
  /** Output values of all layers that are computed for one image. */
  readonly activations: number;
  /** Multiply–accumulates of a step: forward and backward of w, and where α is trained of α, too. */
  readonly stepWork: number;
  /** Of the engine; undefined where the reference computes. */
  readonly memory?: StepMemory;
}

export function forecastForm(supernetForm: SupernetForm, batch: number, threads: number): FormForecast {
  const { name, title, plan, mixtures, trained } = supernetForm;
  const { activations, flops } = networkCost(computedPart(plan, mixtures));
  const passes = trained === 'both' ? 6 : 3;
  return {
    ...{ name, title, activations },
    stepWork: passes * batch * flops,
    memory: memoryOf(supernetForm, batch, threads),
  };
}

function memoryOf({ plan, mixtures, trained }: SupernetForm, batch: number, threads: number) {
  return whereSupported(
    () => stepMemory(plan, mixtures, trained, batch, threads),
    () => undefined,
  );
}

/** The plan without the candidates that have no weight. */
function computedPart(plan: NetworkPlan, mixtures: Mixtures): NetworkPlan {
  const cells = plan.cells.map((cell) => {
    if (cell.kind === 'fixed') return cell;
    const rows = mixtures[cell.kind].operations;
    let next = 0;
    const nodes = cell.nodes.map((edges) =>
      edges.map((edge) => {
        const row = rows[next++]!;
        return { ...edge, candidates: edge.candidates.filter((_, i) => row[i] !== 0) };
      }),
    );
    return { ...cell, nodes };
  });
  return { ...plan, cells };
}
