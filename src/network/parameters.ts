/**
 * Weights of a network as one flat vector. A network is a pure function of that vector: optimizers, checkpoints and
 * second-order steps then handle one array instead of a thousand.
 */
import type { Random } from '../random';

/** How a parameter starts: uniform in ±bound, or a constant. */
export type Initializer =
  | { readonly kind: 'uniform'; readonly bound: number }
  | { readonly kind: 'constant'; readonly value: number };

export interface ParameterSpec {
  /** Path in the network, e.g. `cells.0.node2.from0.sep_conv_3x3.1.weight`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly size: number;
  readonly initializer: Initializer;
}

/** Collects the parameters of a network while its structure is walked. */
export class ParameterLayout {
  private readonly specs: ParameterSpec[] = [];
  private total = 0;

  /** @returns the index of the parameter in `parameters` */
  add(name: string, shape: readonly number[], initializer: Initializer): number {
    const size = shape.reduce((product, n) => product * n, 1);
    this.specs.push({ name, shape, offset: this.total, size, initializer });
    this.total += size;
    return this.specs.length - 1;
  }

  /** Number of values in the flat vector. */
  get size(): number {
    return this.total;
  }

  get parameters(): readonly ParameterSpec[] {
    return this.specs;
  }

  /** Fresh weights, drawn in the order in which the parameters were added. */
  initialize(random: Random): Float32Array {
    const values = new Float32Array(this.total);
    for (const { offset, size, initializer } of this.specs) {
      for (let i = offset; i < offset + size; i++) {
        values[i] =
          initializer.kind === 'constant'
            ? initializer.value
            : (2 * random.uniform() - 1) * initializer.bound;
      }
    }
    return values;
  }
}

/** Bound of PyTorch's default for convolutions and linear layers (He et al. with a = √5): 1/√fan-in. */
export function fanInBound(fanIn: number): Initializer {
  return { kind: 'uniform', bound: 1 / Math.sqrt(fanIn) };
}
