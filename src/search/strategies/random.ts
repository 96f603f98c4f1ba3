/** Random search without repeats: the baseline that every strategy has to beat (Li & Talwalkar, 2019). */
import * as z from 'zod';
import { described } from '../../describe';
import { Random, type RandomState } from '../../random';
import { Archive } from '../archive';
import type { Proposal, Proposer, ProposerContext, SamplingStrategy } from '../strategy';

const options = z.strictObject({
  type: described(
    z.literal('random'),
    'Architectures drawn uniformly, none twice: the baseline that every other strategy has to beat (Li & Talwalkar, 2019).',
  ),
});

interface RandomSearchState {
  readonly random: RandomState;
  readonly seen: readonly string[];
}

class RandomSearch implements Proposer {
  private random: Random;
  private readonly archive: Archive;

  constructor({ space, random }: ProposerContext) {
    this.random = random;
    this.archive = new Archive(space);
  }

  propose(): Proposal | undefined {
    return this.archive.propose(this.random);
  }

  receive(): void {
    // What was found so far does not change what is drawn next.
  }

  state(): RandomSearchState {
    return { random: this.random.state(), seen: this.archive.state() };
  }

  restore(state: unknown): void {
    const { random, seen } = state as RandomSearchState;
    this.random = Random.fromState(random);
    this.archive.restore(seen);
  }
}

export const random = {
  kind: 'sampling',
  name: 'random',
  description: 'Architectures drawn uniformly, none twice (Li & Talwalkar, 2019).',
  options,
  create: (_, context) => new RandomSearch(context),
} satisfies SamplingStrategy<typeof options>;
