/** Random search without repeats: the baseline that every strategy has to beat (Li & Talwalkar, 2019). */
import * as z from 'zod';
import { described } from '../../describe';
import { requireState } from '../../snapshot';
import { Archive, archiveState, type ArchiveState } from '../archive';
import type { Proposal, Proposer, ProposerContext, SamplingStrategy } from '../strategy';

const options = z.strictObject({
  type: described(
    z.literal('random'),
    'Architectures drawn uniformly, none twice: the baseline that every other strategy has to beat (Li & Talwalkar, 2019).',
  ),
});

class RandomSearch implements Proposer {
  private readonly archive: Archive;

  constructor({ space, random }: ProposerContext) {
    this.archive = new Archive(space, random);
  }

  propose(): Proposal | undefined {
    return this.archive.propose();
  }

  receive(): void {
    // What was found so far does not change what is drawn next.
  }

  state(): ArchiveState {
    return this.archive.state();
  }

  restore(state: unknown): void {
    this.archive.restore(requireState(archiveState, state, 'the strategy'));
  }
}

export const random = {
  kind: 'sampling',
  name: 'random',
  description: 'Architectures drawn uniformly, none twice (Li & Talwalkar, 2019).',
  options,
  create: (_, context) => new RandomSearch(context),
} satisfies SamplingStrategy<typeof options>;
