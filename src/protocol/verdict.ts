/**
 * What a finished run came to, said plainly: whether the found network is better than randomly drawn ones, the comparison
 * that every search has to stand (Li and Talwalkar, Random Search and Reproducibility for NAS, UAI 2019; Yang et al., NAS
 * Evaluation is Frustratingly Hard, ICLR 2020). A pure function of the run's events, so that dashboard, terminal, editor and
 * `result.json` say the same. A search most of whose trials failed has failed and gets none (estimate/trialSearch.ts).
 *
 * Statistics. k of n test images right are compared as asin √((k + ⅜) / (n + ¾)), whose binomial variance is 1 / (4n + 2) at
 * any accuracy, also at 100 % (Anscombe, Biometrika 1948).
 *
 * - **Noise.** The found network is one draw against m random ones: it differs where it lies outside the interval in which
 *   one more random network is expected with 95 %, mean ± t · s · √(1 + 1/m). From few networks s is hardly known (t is 12.7
 *   for two) and from one not at all. So s² is moderated as in Smyth, Statistical Applications in Genetics 2004: the variance
 *   that is expected beforehand counts as `priorFreedom` networks, s² = (d₀ s₀² + (m − 1) s_m²) / (d₀ + m − 1), and t has
 *   d₀ + m − 1 degrees of freedom. The expected variance is that of architecture and training (`priorSpread`) plus the
 *   binomial one of the test split, below which s² never falls. All networks see the same test images, which makes their
 *   true difference a little surer than this says.
 *   By another score than accuracy, values are taken as they are, with the bootstrap's error on the test split (`estimate/testScore.ts`)
 *   in place of the binomial one.
 * - **Chance level.** k of n right is no more than saying the most frequent class gives: P(X ≥ k) > 5 % for a binomial X
 *   with the larger of 1 / classes and that class's share (exact, one-sided). By another score: no more than 1.645 errors above
 *   what a network has that does not look at images (`scores.ts`).
 * - **Trained too little.** Fewer than `leastSteps` steps, or a training whose own last epoch is at chance level by the same
 *   test although random networks fare no better: then neither the found network nor a random one shows what it can do.
 */
import * as z from 'zod';
import { formatCount, formatPercent } from '../format';
import { mean } from '../statistics';
import { testScoreOf } from './events';
import { isTraining, networkTitle, type RunState } from './runState';
import { chanceShare, isChance, yardstickOf, type Yardstick } from './yardstick';

export const verdictKinds = [
  'beat',
  'noDifference',
  'lost',
  'chance',
  'tooLittle',
  'notCompared',
  'trained',
] as const;
export type VerdictKind = (typeof verdictKinds)[number];

export const verdictSchema = z.object({
  kind: z.enum(verdictKinds),
  /** A few words, e.g. "lost to random by 15 points". */
  title: z.string(),
  /** The numbers behind it, one sentence or two. */
  why: z.string(),
  /** What to do next, a sentence. */
  next: z.string(),
});
export type Verdict = z.infer<typeof verdictSchema>;

/** How good the news is: what colours and icons are chosen by. */
export type VerdictTone = 'good' | 'bad' | 'doubtful' | 'neutral';

export const verdictTones: Readonly<Record<VerdictKind, VerdictTone>> = {
  beat: 'good',
  noDifference: 'doubtful',
  lost: 'bad',
  chance: 'bad',
  tooLittle: 'doubtful',
  notCompared: 'neutral',
  trained: 'neutral',
};

/** What of a run's state a verdict follows from. */
export type JudgedState = Pick<RunState, 'run' | 'phases' | 'epochs' | 'networks'>;

/**
 * Momentum (0.9) and the running statistics of batch normalization (0.1) both forget by a tenth a step: after 50 steps half a
 * percent of what they hold is still their start.
 */
export const leastSteps = 50;

/** The verdict on a run that came to its end; undefined before. */
export function verdictOf(state: RunState): Verdict | undefined {
  return state.status === 'finished' ? judge(state) : undefined;
}

/** The verdict on a run whose networks are all judged. */
export function judge(state: JudgedState): Verdict {
  return untrained(state) ?? trainedTooLittle(state) ?? atChance(state) ?? alone(state) ?? compare(state);
}

function foundNetwork({ networks }: JudgedState) {
  return networks.findLast(({ phase }) => phase === 'final');
}

function randomNetworks({ networks }: JudgedState) {
  return networks.filter(({ phase }) => phase === 'baseline');
}

/** What networks are measured by, and the words for all of the test images. */
function measureOf({ run }: JudgedState): { readonly by: Yardstick; readonly all: string } {
  return { by: yardstickOf(run!), all: `${formatCount(run!.images.test)} test images` };
}

function untrained(state: JudgedState): Verdict | undefined {
  if (foundNetwork(state)) return undefined;
  return {
    kind: 'notCompared',
    title: 'not compared',
    why: 'The found network was not trained, because final.epochs is 0: how good it is has not been measured.',
    next: 'Set final.epochs and final.randomNetworks to see whether it is better than random ones.',
  };
}

function trainedTooLittle(state: JudgedState): Verdict | undefined {
  const { run, phases, epochs } = state;
  const next = 'Raise final.epochs; if the loss does not fall, try another final.learningRate.';
  const title = 'trained too little to say';
  const found = foundNetwork(state)!;
  const { by } = measureOf(state);
  const atChanceLevel = by.isChance(found);
  const training = phases.findLast(({ phase }) => phase === 'final');
  const steps = training ? training.epochs * training.stepsPerEpoch : Infinity;
  if (steps < leastSteps) {
    const reached = by.reached(testScoreOf(found), 'the test images');
    const level = atChanceLevel ? `${reached}, which is chance level` : reached;
    const counted = `${formatCount(steps)} ${steps === 1 ? 'step' : 'steps'}`;
    const why = `The ${networkTitle(state).toLowerCase()} was trained for ${counted} and has ${level}; under ${leastSteps} steps this says how fast a network starts, not how good it is.`;
    return { kind: 'tooLittle', title, why, next };
  }
  const last = epochs.findLast(({ phase }) => phase === 'final');
  const images = run!.images.train + run!.images.validation;
  const learned = randomNetworks(state).some((network) => !by.isChance(network));
  if (!last || learned || !atChanceLevel) return undefined;
  // What is seen of a training itself are its hits.
  if (!isChance(last.accuracy, images, chanceShare(run!.classes))) return undefined;
  const why = `After ${formatCount(steps)} steps the training itself is still at chance level: ${formatPercent(last.accuracy, 1)} of the training images right.`;
  return { kind: 'tooLittle', title, why, next };
}

function atChance(state: JudgedState): Verdict | undefined {
  const found = foundNetwork(state)!;
  const { by, all } = measureOf(state);
  if (!by.isChance(found)) return undefined;
  const random = randomNetworks(state).map(testScoreOf);
  const others = random.length === 0 ? '' : `; random networks have ${by.value(mean(random))}`;
  return {
    kind: 'chance',
    title: 'at chance level',
    why: `The ${networkTitle(state).toLowerCase()} has ${by.reached(testScoreOf(found), all)}, ${by.blind}${others}.`,
    next: 'See whether its training loss falls: if not, change final.learningRate; if so, train longer (final.epochs) and look at the labels.',
  };
}

function alone(state: JudgedState): Verdict | undefined {
  if (randomNetworks(state).length > 0) return undefined;
  if (isTraining(state)) return trained(state);
  const reached = measureOf(state).by.reached(testScoreOf(foundNetwork(state)!), 'the test images');
  return {
    kind: 'notCompared',
    title: 'not compared',
    why: `The found network has ${reached}; no random network was trained beside it, so nothing says that the search is what made it good.`,
    next: 'Set final.randomNetworks to 3 or more.',
  };
}

/** Of an architecture that was given: nothing was searched, so there is nothing to be held against chance. */
function trained(state: JudgedState): Verdict {
  const found = foundNetwork(state)!;
  const { by, all } = measureOf(state);
  return {
    kind: 'trained',
    title: `trained to ${by.value(testScoreOf(found))}`,
    why: `The network has ${by.reached(testScoreOf(found), all)}.`,
    next: 'Export Trained Network takes it to other programs, Generate Code writes it out.',
  };
}

function compare(state: JudgedState): Verdict {
  const found = testScoreOf(foundNetwork(state)!);
  const random = randomNetworks(state).map(testScoreOf);
  const { by, all } = measureOf(state);
  const { low, high } = by.expected(randomNetworks(state));
  const [one, centre] = [random.length === 1, mean(random)];
  const drawn = one
    ? `the randomly drawn one ${by.value(centre)}`
    : `${random.length} randomly drawn ones ${by.value(centre)} on average`;
  const range = `one more random network is expected between ${by.value(low)} and ${by.value(high)}`;
  const doubt = one ? ', judging by how far random networks commonly spread, since one cannot show it' : '';
  const why = `The found network has ${by.reached(found, all)}, ${drawn}; ${range}${doubt}.`;
  const difference = by.difference(found, centre);
  if (found < low) {
    const longer = state.run!.trials > 0 ? 'budget.trials' : 'budget.epochs';
    const next = `This network is no better for having been searched: search longer (${longer}) or with another strategy, or take a random one.`;
    return { kind: 'lost', title: `lost to random by ${difference}`, why, next };
  }
  if (found <= high) {
    const more = one ? 'Three or more random networks' : 'More random networks';
    const next = `${more} (final.randomNetworks), more test images or a longer training (final.epochs) can show a smaller difference; so far a random network does as well.`;
    return { kind: 'noDifference', title: 'no difference beyond noise', why, next };
  }
  const next =
    random.length < 3
      ? 'Three or more random networks (final.randomNetworks) would make this surer.'
      : 'Generate Code writes the network out, to be trained to its end.';
  return { kind: 'beat', title: `beat random by ${difference}`, why, next };
}
