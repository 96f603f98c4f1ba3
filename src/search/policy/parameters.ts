/** Parameters of a policy: blocks by name that come into being when they are first needed, each with its own Adam. */
import * as z from 'zod';
import { Adam, adamState, type AdamState } from '../../network/optimizers';

/** Of some blocks, each as long as its block. */
export type Gradients = ReadonlyMap<string, Float64Array>;

/** First value of a parameter. */
export type Initializer = () => number;

/** What a policy's parameters save: the state of Adam by the names of the blocks. */
export const parametersState = z.record(z.string(), adamState);

export class Parameters {
  private readonly blocks = new Map<string, Adam>();

  constructor(
    private readonly learningRate: number,
    private readonly initial: Initializer,
  ) {}

  /** The values of a block, which `ascend` changes in place. @param size of a block that is new */
  block(name: string, size: number): Float64Array {
    let block = this.blocks.get(name);
    if (!block) {
      block = this.newAdam(Float64Array.from({ length: size }, this.initial));
      this.blocks.set(name, block);
    }
    return block.values;
  }

  names(): string[] {
    return [...this.blocks.keys()];
  }

  /** One step of Adam uphill. Blocks without a gradient stay as they are. */
  ascend(gradients: Gradients): void {
    for (const [name, gradient] of gradients) {
      this.blocks.get(name)!.apply(gradient.map((value) => -value));
    }
  }

  state(): Record<string, AdamState> {
    return Object.fromEntries([...this.blocks].map(([name, block]) => [name, block.state()]));
  }

  restore(state: Readonly<Record<string, AdamState>>): void {
    this.blocks.clear();
    for (const [name, saved] of Object.entries(state)) {
      const block = this.newAdam(new Float64Array(saved.values.length));
      block.restore(saved, 'the strategy');
      this.blocks.set(name, block);
    }
  }

  private newAdam(values: Float64Array): Adam {
    return new Adam(values, { learningRate: this.learningRate, beta1: 0.9, beta2: 0.999, weightDecay: 0 });
  }
}
