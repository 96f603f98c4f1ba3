/** Architectures that a strategy has proposed, so that none is judged twice. */
import type { Random } from '../random';
import type { Genotype } from '../space/genotype';
import type { SearchSpace } from '../space/searchSpace';
import type { Proposal } from './strategy';

/** Draws in vain, one after the other, after which the space counts as exhausted. */
const patience = 10_000;

export class Archive {
  private readonly texts = new Set<string>();

  constructor(private readonly space: SearchSpace) {}

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
  draw(random: Random): Genotype | undefined {
    if (BigInt(this.texts.size) >= this.space.size) return undefined;
    for (let tries = 0; tries < patience; tries++) {
      const genotype = this.space.sample(random);
      if (this.add(genotype)) return genotype;
    }
    return undefined;
  }

  /** `draw` as a proposal without parents. */
  propose(random: Random): Proposal | undefined {
    const genotype = this.draw(random);
    return genotype && { genotype, parents: [] };
  }

  state(): string[] {
    return [...this.texts];
  }

  restore(texts: readonly string[]): void {
    this.texts.clear();
    for (const text of texts) this.texts.add(text);
  }
}
