/** Policies of REINFORCE: distributions over the choices that make an architecture, one choice after the other. */
import type { Random } from '../../random';
import type { Decision, SearchSpace } from '../../space/searchSpace';
import type { Gradients, Parameters } from './parameters';

/** One decision on the way to an architecture and how probable each option was. */
export interface PolicyStep {
  readonly decision: Decision;
  readonly choice: number;
  readonly probabilities: readonly number[];
}

/** What a policy thinks of one architecture. */
export interface Judgement {
  /** log π(a), the sum over its choices. */
  readonly logProbability: number;
  /** Entropy of the distributions on its path, in nats, summed. */
  readonly entropy: number;
  /** Of advantage · log π(a) + entropyWeight · entropy, to be ascended. */
  readonly gradients: Gradients;
}

export interface Policy {
  /** What is learnt; all that a policy has to keep. */
  readonly parameters: Parameters;
  /** Choices of a complete architecture. */
  sample(random: Random): number[];
  /**
   * The estimate of the policy gradient by one sample (Williams, 1992), with the gradient of the entropy of the distributions
   * that were met on the way.
   */
  judge(choices: readonly number[], advantage: number, entropyWeight: number): Judgement;
}

export function drawFrom(probabilities: readonly number[], random: Random): number {
  let left = random.uniform();
  for (let i = 0; i < probabilities.length - 1; i++) {
    left -= probabilities[i]!;
    if (left < 0) return i;
  }
  return probabilities.length - 1;
}

/** −Σ p log p. */
export function entropyOf(probabilities: readonly number[]): number {
  return -probabilities.reduce((sum, p) => sum + (p > 0 ? p * Math.log(p) : 0), 0);
}

/**
 * Gradient of advantage · log p(choice) + entropyWeight · H(p) by the logits: advantage · (1{i = choice} − p_i) − entropyWeight · p_i ·
 * (log p_i + H).
 */
export function logitGradient(
  { choice, probabilities }: PolicyStep,
  advantage: number,
  entropyWeight: number,
): number[] {
  const entropy = entropyOf(probabilities);
  return probabilities.map((p, i) => {
    const ofLog = (i === choice ? 1 : 0) - p;
    const ofEntropy = p > 0 ? -p * (Math.log(p) + entropy) : 0;
    return advantage * ofLog + entropyWeight * ofEntropy;
  });
}

/** Sums over the steps of a path. */
export function pathSums(steps: readonly PolicyStep[]): { logProbability: number; entropy: number } {
  let logProbability = 0;
  let entropy = 0;
  for (const { choice, probabilities } of steps) {
    logProbability += Math.log(probabilities[choice]!);
    entropy += entropyOf(probabilities);
  }
  return { logProbability, entropy };
}

/** Takes the decisions of a space to their end. @param choose index into the options of a decision */
export function decideAll(
  space: SearchSpace,
  choose: (decision: Decision, step: number) => number,
): number[] {
  const choices: number[] = [];
  for (let decision = space.decide(choices); decision; decision = space.decide(choices)) {
    choices.push(choose(decision, choices.length));
  }
  return choices;
}
