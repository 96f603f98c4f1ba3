/** The plain policy: every decision has logits of its own, kept by its key, whatever was chosen before. */
import type { Random } from '../../random';
import { softmax } from '../../space/cell/alpha';
import type { Decision, SearchSpace } from '../../space/searchSpace';
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

export class LogitsPolicy implements Policy {
  readonly parameters: Parameters;

  constructor(
    private readonly space: SearchSpace,
    learningRate: number,
    initial: Initializer,
  ) {
    this.parameters = new Parameters(learningRate, initial);
  }

  sample(random: Random): number[] {
    return decideAll(this.space, (decision) => drawFrom(this.probabilities(decision), random));
  }

  judge(choices: readonly number[], advantage: number, entropyWeight: number): Judgement {
    const steps: PolicyStep[] = [];
    const gradients = new Map<string, Float64Array>();
    decideAll(this.space, (decision, at) => {
      const step = { decision, choice: choices[at]!, probabilities: this.probabilities(decision) };
      steps.push(step);
      gradients.set(decision.key, Float64Array.from(logitGradient(step, advantage, entropyWeight)));
      return step.choice;
    });
    return { ...pathSums(steps), gradients };
  }

  private probabilities({ key, options }: Decision): number[] {
    return softmax(Array.from(this.parameters.block(key, options.length)));
  }
}
