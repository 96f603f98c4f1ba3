/** Architectures that a strategy has proposed, so that none is judged twice, and the random numbers that it draws with. */
import * as z from 'zod';
import { Random, randomState } from '../random';
import type { Genotype } from '../space/genotype';
import type { SearchSpace } from '../space/searchSpace';
import type { Proposal } from './strategy';

/** Draws in vain, one after the other, after which the space counts as exhausted. */
const patience = 10_000;

/** What an archive saves; strategies add their own keys. */
export const archiveState = z.object({
  random: randomState,
  /** Architectures as texts. */
  seen: z.array(z.string()).readonly(),
});
export type ArchiveState = z.output<typeof archiveState>;

export class Archive {
  private texts = new Set<string>();

  constructor(
    private readonly space: SearchSpace,
    private stream: Random,
  ) {}

  /** What everything is drawn with; another one after a restore. */
  get random(): Random {
    return this.stream;
  }

  get size(): number {
    return this.texts.size;
  }

  has(genotype: Genotype): boolean {
    return this.texts.has(this.space.encode(genotype));
  }

  /** @returns false when it was there before */
  add(genotype: Genotype): boolean {
    const before = this.texts.size;
    this.texts.add(this.space.encode(genotype));
    return this.texts.size > before;
  }

  /** A uniform draw among the architectures that are not in here, which then is; undefined when there are none. */
  draw(): Genotype | undefined {
    if (BigInt(this.texts.size) >= this.space.size) return undefined;
    for (let tries = 0; tries < patience; tries++) {
      const genotype = this.space.sample(this.random);
      if (this.add(genotype)) return genotype;
    }
    return undefined;
  }

  /** `draw` as a proposal without parents. */
  propose(): Proposal | undefined {
    const genotype = this.draw();
    return genotype && { genotype, parents: [] };
  }

  /** The same architectures, to be added to apart; it draws from the same stream. */
  copy(): Archive {
    const copy = new Archive(this.space, this.stream);
    copy.texts = new Set(this.texts);
    return copy;
  }

  state(): ArchiveState {
    return { random: this.random.state(), seen: [...this.texts] };
  }

  restore({ random, seen }: ArchiveState): void {
    this.stream = Random.fromState(random);
    this.texts = new Set(seen);
  }
}
