/**
 * The controller of NASNet (Zoph & Le, 2017; Zoph et al., 2018): an LSTM reads the choice before as an embedding and gives the
 * distribution of the next one, so what was chosen changes what is likely to follow. Decisions of one kind share their
 * embeddings, and those with equally many options their softmax head.
 */
import type { Random } from '../../random';
import { softmax } from '../../space/cell/alpha';
import type { Decision, SearchSpace } from '../../space/searchSpace';
import { lstmBackward, lstmForward, lstmSize, lstmStart, type LstmStep } from './lstm';
import { Parameters, type Initializer } from './parameters';
import {
  decideAll,
  drawFrom,
  logitGradient,
  pathSums,
  type Judgement,
  type Policy,
  type PolicyStep,
} from './policy';

/** A decision as the network met it. */
interface ControllerStep extends PolicyStep {
  readonly lstm: LstmStep;
  /** Names of the blocks that it used. */
  readonly embedding: string;
  readonly head: string;
}

const core = 'lstm';

export class LstmPolicy implements Policy {
  readonly parameters: Parameters;

  /** @param units of the LSTM, and length of the embeddings */
  constructor(
    private readonly space: SearchSpace,
    private readonly units: number,
    learningRate: number,
    initial: Initializer,
  ) {
    this.parameters = new Parameters(learningRate, initial);
  }

  sample(random: Random): number[] {
    return this.forward((probabilities) => drawFrom(probabilities, random)).map(({ choice }) => choice);
  }

  /** By backpropagation through time. */
  judge(choices: readonly number[], advantage: number, entropyWeight: number): Judgement {
    const { units } = this;
    const steps = this.forward((_, at) => choices[at]!);
    const gradients = new Map<string, Float64Array>();
    const gradientOf = (name: string, size: number): Float64Array => {
      const known = gradients.get(name);
      if (known) return known;
      const zeros = new Float64Array(size);
      gradients.set(name, zeros);
      return zeros;
    };
    const weights = this.core();
    const byWeights = gradientOf(core, weights.length);
    let byHidden = new Float64Array(units);
    let byCell = new Float64Array(units);
    for (const step of steps.reverse()) {
      const byLogits = logitGradient(step, advantage, entropyWeight);
      const head = this.head(step.head, byLogits.length);
      const byHead = gradientOf(step.head, head.length);
      const { hidden } = step.lstm.after;
      byLogits.forEach((by, option) => {
        const start = option * (units + 1);
        for (let u = 0; u < units; u++) {
          byHead[start + u]! += by * hidden[u]!;
          byHidden[u]! += by * head[start + u]!;
        }
        byHead[start + units]! += by;
      });
      const before = lstmBackward(weights, step.lstm, byHidden, byCell, byWeights);
      const byEmbedding = gradientOf(step.embedding, units);
      for (let u = 0; u < units; u++) byEmbedding[u]! += before.x[u]!;
      byHidden = Float64Array.from(before.hidden);
      byCell = Float64Array.from(before.cell);
    }
    return { ...pathSums(steps), gradients };
  }

  /** All decisions of an architecture in their order. */
  private forward(choose: (probabilities: readonly number[], step: number) => number): ControllerStep[] {
    const { units } = this;
    const steps: ControllerStep[] = [];
    let state = lstmStart(units);
    let embedding = 'embedding start';
    decideAll(this.space, (decision, at) => {
      const lstm = lstmForward(this.core(), this.parameters.block(embedding, units), state);
      const head = headOf(decision);
      const probabilities = softmax(
        Array.from(this.logits(head, decision.options.length, lstm.after.hidden)),
      );
      const choice = choose(probabilities, at);
      steps.push({ decision, choice, probabilities, lstm, embedding, head });
      embedding = `embedding ${decision.kind} ${choice}`;
      state = lstm.after;
      return choice;
    });
    return steps;
  }

  private core(): Float64Array {
    return this.parameters.block(core, lstmSize(this.units, this.units));
  }

  /** [options][units + 1], the bias last. */
  private head(name: string, options: number): Float64Array {
    return this.parameters.block(name, options * (this.units + 1));
  }

  private logits(name: string, options: number, hidden: Float64Array): Float64Array {
    const weights = this.head(name, options);
    return Float64Array.from({ length: options }, (_, option) => {
      const start = option * (this.units + 1);
      let sum = weights[start + this.units]!;
      for (let u = 0; u < this.units; u++) sum += weights[start + u]! * hidden[u]!;
      return sum;
    });
  }
}

function headOf({ kind, options }: Decision): string {
  return `head ${kind} ${options.length}`;
}
