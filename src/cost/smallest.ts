/**
 * The smallest that a cost gets in a search space, as far as it can be found without a search of its own: descent along one
 * decision after the other, from several random architectures. Exact where decisions do not influence what the others
 * cost; elsewhere an upper bound.
 */
import type { Random } from '../random';
import type { Genotype } from '../space/genotype';
import type { SearchSpace } from '../space/searchSpace';

export interface Smallest {
  readonly genotype: Genotype;
  readonly value: number;
}

/** Random architectures of which the best is where a descent starts. */
const drawn = 10;
const descents = 2;

/**
 * @param value what is to be small
 * @param enough a value at which the search for smaller ones ends
 */
export function smallestFound(
  space: SearchSpace,
  value: (genotype: Genotype) => number,
  random: Random,
  enough = -Infinity,
): Smallest {
  let best: Smallest | undefined;
  for (let i = 0; i < descents; i++) {
    let start: Smallest | undefined;
    for (let j = 0; j < drawn; j++) {
      const genotype = space.sample(random);
      const next = { genotype, value: value(genotype) };
      if (!start || next.value < start.value) start = next;
      if (start.value <= enough) return start;
    }
    const end = descend(space, value, start!, enough);
    if (!best || end.value < best.value) best = end;
    if (best.value <= enough) return best;
  }
  return best!;
}

/** Changes one decision after the other to the option with the smallest value, until none helps. */
function descend(
  space: SearchSpace,
  value: (genotype: Genotype) => number,
  start: Smallest,
  enough: number,
): Smallest {
  let best = start;
  for (let before = Infinity; best.value < before;) {
    before = best.value;
    let choices = space.toChoices(best.genotype);
    for (let at = 0; at < choices.length; at++) {
      const options = space.decide(choices.slice(0, at))!.options.length;
      const wishes = wishesOf(space, choices);
      for (let option = 0; option < options; option++) {
        if (option === choices[at]) continue;
        const changed = completeChoices(space, [...choices.slice(0, at), option], wishes);
        const genotype = space.fromChoices(changed);
        const next = { genotype, value: value(genotype) };
        if (next.value >= best.value) continue;
        best = next;
        choices = changed;
        if (best.value <= enough) return best;
      }
    }
  }
  return best;
}

/** The option chosen at each place. */
export type Wishes = ReadonlyMap<string, string>;

export function wishesOf(space: SearchSpace, choices: readonly number[]): Wishes {
  return new Map(
    choices.map((choice, i) => {
      const { key, options } = space.decide(choices.slice(0, i))!;
      return [key, options[choice]!];
    }),
  );
}

/** Goes on after a change as an architecture had it, as far as the same places and options are still there. */
export function completeChoices(space: SearchSpace, start: readonly number[], wishes: Wishes): number[] {
  const choices = [...start];
  for (let next = space.decide(choices); next; next = space.decide(choices)) {
    const wish = wishes.get(next.key);
    choices.push(Math.max(0, wish === undefined ? 0 : next.options.indexOf(wish)));
  }
  return choices;
}
