/**
 * Repeatable random numbers whose state can be saved: every random decision of a run comes from here, so that
 * one seed gives one trajectory and a resumed run continues it.
 */
import * as z from 'zod';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** State of a generator, plain numbers that survive JSON. */
export const randomState = z.array(z.number().int()).length(4).readonly();
export type RandomState = readonly number[];

/** FNV-1a over a stream's name, so that each consumer of one seed draws from its own sequence. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h | 0;
}

/** SplitMix32: spreads a seed over the whole state, without which neighbouring seeds begin alike. */
function splitMix(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) | 0;
  };
}

/** A xoroshiro128+ generator with the draws that the project needs. */
export class Random {
  private constructor(private readonly generator: ReturnType<typeof xoroshiro128plusFromState>) {}

  /**
   * @param seed any integer
   * @param stream name of the consumer; two streams of one seed are independent
   */
  static fromSeed(seed: number, stream = ''): Random {
    const next = splitMix(seed ^ hash(stream));
    return Random.fromState([next(), next(), next(), next()]);
  }

  static fromState(state: RandomState): Random {
    return new Random(xoroshiro128plusFromState(state));
  }

  state(): RandomState {
    return this.generator.getState();
  }

  /** Uniform in [0, 1) with 32 random bits. */
  uniform(): number {
    return (this.generator.next() >>> 0) / 0x1_0000_0000;
  }

  /** Uniform integer in 0 … n − 1, without modulo bias. */
  integer(n: number): number {
    return uniformInt(this.generator, 0, n - 1);
  }

  /** Standard normal by Box–Muller; the second value is thrown away so that no hidden state is left. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Fisher–Yates, in place. */
  shuffle<T extends Int32Array | unknown[]>(items: T): T {
    const list = items as unknown[];
    for (let i = list.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const held = list[i];
      list[i] = list[j];
      list[j] = held;
    }
    return items;
  }
}
