/** The supernet on the kernel machine: the same function as `ReferenceSupernet`, computed as docs/supernet.md derives. */
import { cellKinds, type CellKind } from '../../space/frame';
import type { NetworkPlan } from '../../space/plan';
import type { ArrayBatch } from '../batch';
import type { ParameterLayout } from '../parameters';
import type { BatchScore, Mixtures, MixtureWeights, Supernet, SupernetGradients } from '../supernet';
import type { Active } from './cell';
import { Engine, type Request } from './engine';

export class FusedSupernet implements Supernet {
  readonly layout: ParameterLayout;
  private readonly engine: Engine;

  /** @throws Unsupported where an operation has no kernels */
  constructor(
    readonly plan: NetworkPlan,
    threads: number,
  ) {
    this.engine = new Engine(plan, threads);
    this.layout = this.engine.structure.layout;
  }

  /** Bytes of memory that the engine holds. */
  get memory(): number {
    return this.engine.memory;
  }

  async differentiate(
    batch: ArrayBatch,
    weights: Float32Array,
    mixtures: Mixtures,
    wanted: 'weights' | 'mixtures' | 'both',
  ): Promise<SupernetGradients> {
    const ofWeights = wanted !== 'mixtures';
    const ofMixtures = wanted !== 'weights';
    const request = this.request(mixtures, ofWeights, ofMixtures);
    const { score } = await this.engine.run(batch, weights, this.flatten(mixtures), request);
    return {
      ...score,
      weights: ofWeights ? this.engine.weightGradient() : undefined,
      mixtures: ofMixtures ? this.collect(this.engine.mixtureGradient(), mixtures) : undefined,
    };
  }

  async evaluate(batch: ArrayBatch, weights: Float32Array, mixtures: Mixtures): Promise<BatchScore> {
    const request = this.request(mixtures, false, false);
    const { score } = await this.engine.run(batch, weights, this.flatten(mixtures), request);
    return score;
  }

  dispose(): void {
    this.engine.dispose();
  }

  private request(mixtures: Mixtures, weights: boolean, ofMixtures: boolean): Request {
    const { cells } = this.plan;
    return {
      wanted: { weights, mixtures: ofMixtures, inference: false },
      pattern: patternOf(mixtures),
      active: (cell) => activeIn(cells[cell]!.kind, mixtures),
      gated: false,
    };
  }

  /**
   * The weights of the candidates of all cells in the engine's order; fixed cells have none. Edges can have a weight of
   * their own where all channels go through the operations: nothing passes by then, and the engine knows of none.
   */
  private flatten(mixtures: Mixtures): number[] {
    return this.plan.cells.flatMap(({ kind, partial }) => {
      if (kind === 'fixed') return [];
      const { operations, bypass } = mixtures[kind];
      return operations.flatMap((row, edge) => (partial > 1 ? [...row, bypass![edge]!] : [...row]));
    });
  }

  /** Sums the gradients over the cells of each kind. */
  private collect(flat: Float32Array, like: Mixtures): Mixtures {
    const zero = ({ operations, bypass }: MixtureWeights) => ({
      operations: operations.map((row) => row.map(() => 0)),
      bypass: bypass?.map(() => 0),
    });
    const sums = { normal: zero(like.normal), reduction: zero(like.reduction) };
    let next = 0;
    for (const { kind, partial } of this.plan.cells) {
      if (kind === 'fixed') continue;
      const { operations, bypass } = sums[kind];
      operations.forEach((row, edge) => {
        row.forEach((_, k) => (row[k]! += flat[next++]!));
        if (partial > 1) bypass![edge]! += flat[next++]!;
      });
    }
    return sums;
  }
}

/** Candidates with a weight are computed. */
export function activeIn(kind: CellKind | 'fixed', mixtures: Mixtures): Active {
  if (kind === 'fixed') return () => true;
  const { operations, bypass } = mixtures[kind];
  return (edge, candidate) => (candidate === 'bypass' ? bypass![edge] : operations[edge]![candidate]) !== 0;
}

/** One character a candidate: computed or not. */
function patternOf(mixtures: Mixtures): string {
  return cellKinds
    .map((kind) => {
      const { operations, bypass = [] } = mixtures[kind];
      return [...operations.flat(), ...bypass].map((weight) => (weight === 0 ? '-' : '+')).join('');
    })
    .join(' ');
}
