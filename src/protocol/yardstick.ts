/**
 * What a verdict measures networks by: the run's score with its words, its chance level and its noise. `verdict.ts` says what is made
 * of them.
 */
import { binomialTail, studentQuantile } from '../distributions';
import { formatPercent } from '../format';
import { formatScore, scoreTitle } from '../scores';
import { mean, standardDeviation } from '../statistics';
import { testScoreOf, type RunEventOf } from './events';

type JudgedNetwork = RunEventOf<'network'>;

/**
 * Standard deviation in log-odds that random networks of a space are expected to have, from architecture and training: 2.5
 * points at 79 %, 0.4 points at 97 %. An assumption, which the networks of the run itself correct; log-odds, because
 * networks that are nearly perfect differ less.
 */
export const priorSpread = 0.15;
/** The expectation is taken for evidence of this many networks. */
export const priorFreedom = 4;
/** Above this probability a result is put down to chance. */
export const level = 0.05;
/** Of a normal variable, one-sided at `level`. */
const normalQuantile = 1.645;

export interface Yardstick {
  /** "97.1 %", "0.2130". */
  value(score: number): string;
  /** What a network has, "97.1 % of 500 test images right". @param images "500 test images" */
  reached(score: number, images: string): string;
  /** "15 points". */
  difference(one: number, other: number): string;
  /** What gives the chance level, "where always naming one class gives 11.4 %". */
  readonly blind: string;
  /** Whether a network may be no better than one that does not look at images. */
  isChance(network: JudgedNetwork): boolean;
  /** The scores between which one more random network is expected with 95 %. */
  expected(random: readonly JudgedNetwork[]): { readonly low: number; readonly high: number };
}

export function yardstickOf({ score, classes, images }: RunEventOf<'run'>): Yardstick {
  return score ? scoreYardstick(score) : accuracyYardstick(classes, images.test);
}

function accuracyYardstick(classes: RunEventOf<'run'>['classes'], test: number): Yardstick {
  const share = chanceShare(classes);
  const value = (accuracy: number): string => formatPercent(accuracy, 1);
  return {
    value,
    reached: (accuracy, images) => `${value(accuracy)} of ${images} right`,
    difference: (one, other) => points(one - other),
    blind: `where always naming one class gives ${value(share)}`,
    isChance: ({ testAccuracy }) => isChance(testAccuracy, test, share),
    expected: (random) =>
      expectedRange(
        random.map(({ testAccuracy }) => testAccuracy),
        test,
      ),
  };
}

/** What is right by always naming the most frequent class, or by guessing. */
export function chanceShare({ count, largestShare }: RunEventOf<'run'>['classes']): number {
  return Math.max(1 / count, largestShare);
}

/** Whether so large a share of so many images may be luck. */
export function isChance(accuracy: number, images: number, share: number): boolean {
  return binomialTail(Math.round(accuracy * images), images, share) > level;
}

/** The angle that stands for an accuracy on `images` images. */
function angle(accuracy: number, images: number): number {
  return Math.asin(Math.sqrt((accuracy * images + 3 / 8) / (images + 3 / 4)));
}

/** The accuracies between which one more random network is expected with 95 %. */
export function expectedRange(random: readonly number[], images: number): { low: number; high: number } {
  const angles = random.map((accuracy) => angle(accuracy, images));
  const binomial = 1 / (4 * images + 2);
  // With accuracy a = sin²x, d ln(a / (1 − a)) = 4 dx / sin 2x.
  const prior = ((priorSpread * Math.sin(2 * mean(angles))) / 4) ** 2;
  const { low, high } = predictionInterval(angles, prior, binomial);
  const accuracy = (x: number): number => Math.sin(Math.min(Math.PI / 2, Math.max(0, x))) ** 2;
  return { low: accuracy(low), high: accuracy(high) };
}

/**
 * Where one more value is expected with 95 %, with the moderated variance of the verdict's header.
 * @param spread variance that is expected of architecture and training
 * @param noise variance from the choice of test images, below which there is none
 */
function predictionInterval(
  values: readonly number[],
  spread: number,
  noise: number,
): { low: number; high: number } {
  const centre = mean(values);
  const prior = spread + noise;
  const own = values.length < 2 ? 0 : (values.length - 1) * standardDeviation(values) ** 2;
  const freedom = priorFreedom + values.length - 1;
  const variance = Math.max((priorFreedom * prior + own) / freedom, noise);
  const half = studentQuantile(level, freedom) * Math.sqrt(variance * (1 + 1 / values.length));
  return { low: centre - half, high: centre + half };
}

/** By another score than accuracy: its error comes from the bootstrap, and the prior's log-odds go over to its own scale. */
function scoreYardstick({ name, blind }: NonNullable<RunEventOf<'run'>['score']>): Yardstick {
  const value = (score: number): string => formatScore(name, score, 1);
  const isShare = name !== 'logLoss';
  // d p = p·(1 − p)·d(log-odds) for a share; a small loss −ln p is about 1 − p, and changes by itself times that.
  const scale = (centre: number): number => (isShare ? centre * (1 - centre) : centre);
  return {
    value,
    reached: (score, images) => `a ${scoreTitle(name)} of ${value(score)} on ${images}`,
    difference: (one, other) => (isShare ? points(one - other) : Math.abs(one - other).toFixed(4)),
    blind: isShare
      ? `where always naming one class gives ${value(blind)}`
      : `where knowing nothing but the shares of the classes gives ${value(blind)}`,
    isChance: (network) => testScoreOf(network) - normalQuantile * (network.testScore?.error ?? 0) <= blind,
    expected: (random) => {
      const values = random.map(testScoreOf);
      const noise = mean(random.map(({ testScore }) => (testScore?.error ?? 0) ** 2));
      const { low, high } = predictionInterval(values, (priorSpread * scale(mean(values))) ** 2, noise);
      return isShare ? { low: Math.max(0, low), high: Math.min(1, high) } : { low, high: Math.min(0, high) };
    },
  };
}

/** A difference of shares: "15 points", "1.4 points", "1 point". */
function points(difference: number): string {
  const size = 100 * Math.abs(difference);
  const text = size.toFixed(size >= 9.95 ? 0 : size >= 0.095 ? 1 : 2).replace(/\.0$/, '');
  return `${text} ${text === '1' ? 'point' : 'points'}`;
}
