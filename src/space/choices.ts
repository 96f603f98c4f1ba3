/** Spaces whose architectures are sequences of choices: the common part of their interface. */
import type { Random } from '../random';
import type { Decision } from './contract';

/** Number of combinations. */
export function countChoices(decisions: readonly Decision[]): bigint {
  return decisions.reduce((product, { options }) => product * BigInt(options.length), 1n);
}

/** Each choice uniform, hence their combination too. */
export function drawChoices(decisions: readonly Decision[], random: Random): number[] {
  return decisions.map(({ options }) => random.integer(options.length));
}

/** @throws RangeError when there is not exactly one valid choice for every decision */
export function checkChoices(decisions: readonly Decision[], choices: readonly number[]): void {
  if (choices.length !== decisions.length) {
    throw new RangeError(`${decisions.length} choices make an architecture, not ${choices.length}.`);
  }
  choices.forEach((choice, i) => {
    const { key, options } = decisions[i]!;
    if (options[choice] === undefined)
      throw new RangeError(`${key} has ${options.length} options, no ${choice}.`);
  });
}

/** Where a decision of this kind has a second option, drawn uniformly; undefined where none has. */
export function drawOpenDecision(
  decisions: readonly Decision[],
  kind: string,
  random: Random,
): number | undefined {
  const open = decisions.flatMap((decision, i) =>
    decision.kind === kind && decision.options.length > 1 ? [i] : [],
  );
  return open.length === 0 ? undefined : open[random.integer(open.length)]!;
}

/** Another value for one choice, drawn uniformly; undefined where no decision of this kind has a second option. */
export function changeOneChoice(
  decisions: readonly Decision[],
  choices: readonly number[],
  kind: string,
  random: Random,
): number[] | undefined {
  const at = drawOpenDecision(decisions, kind, random);
  if (at === undefined) return undefined;
  const changed = [...choices];
  changed[at] = otherIndex(choices[at]!, decisions[at]!.options.length, random);
  return changed;
}

/** One-hot vectors of all choices, one after the other. */
export function oneHot(decisions: readonly Decision[], choices: readonly number[]): number[] {
  return decisions.flatMap(({ options }, i) => oneHotOf(options.length, choices[i]));
}

/** Uniform in 0 … n − 1, by rejection of what has as many bits. */
export function drawBigInt(n: bigint, random: Random): bigint {
  const bits = (n - 1n).toString(2).length;
  const words = Math.ceil(bits / 16);
  const surplus = BigInt(16 * words - bits);
  for (;;) {
    let value = 0n;
    for (let i = 0; i < words; i++) value = (value << 16n) | BigInt(random.integer(0x1_0000));
    value >>= surplus;
    if (value < n) return value;
  }
}

/** An index with a probability in proportion to its count. */
export function drawByCount(counts: readonly bigint[], random: Random): number {
  let rest = drawBigInt(
    counts.reduce((sum, count) => sum + count, 0n),
    random,
  );
  return counts.findIndex((count) => {
    rest -= count;
    return rest < 0n;
  });
}

/**
 * The decisions that these choices were made at, in spaces where they depend on the choices before.
 * @throws RangeError when the choices are incomplete, too many, or no options
 */
export function decisionsOf(
  decide: (choices: readonly number[]) => Decision | undefined,
  choices: readonly number[],
): Decision[] {
  const decisions = choices.map((choice, i): Decision => {
    const decision = decide(choices.slice(0, i));
    if (!decision) throw new RangeError(`${i} choices make an architecture, not ${choices.length}.`);
    if (decision.options[choice] === undefined) {
      throw new RangeError(`${decision.key} has ${decision.options.length} options, no ${choice}.`);
    }
    return decision;
  });
  const next = decide(choices);
  if (next) throw new RangeError(`${choices.length} choices leave ${next.key} open.`);
  return decisions;
}

/** One-hot vector of one choice; all zeros where there is none. */
export function oneHotOf(count: number, choice: number | undefined): number[] {
  return Array.from({ length: count }, (_, option) => (option === choice ? 1 : 0));
}

/** One of the two, each as likely. */
export function either<T>(a: T, b: T, random: Random): T {
  return random.uniform() < 0.5 ? a : b;
}

/** Another index below `count`, uniform. @param count at least 2 */
export function otherIndex(now: number, count: number, random: Random): number {
  const other = random.integer(count - 1);
  return other < now ? other : other + 1;
}
