/** What the registry of search spaces holds. */
import type * as z from 'zod';
import type { SpaceType } from './genotype';
import type { SearchSpace } from './searchSpace';

/** @typeParam S schema of the space's section in a config; has the key `type` with the space's name as its only value */
export interface SpaceEntry<S extends z.ZodObject = z.ZodObject> {
  readonly name: SpaceType;
  /** One sentence for completion and hover, with its source. */
  readonly description: string;
  readonly options: S;
  /** What the preset `laptop` has instead of the schema's defaults, for networks that train in seconds. */
  readonly laptop?: Partial<z.input<S>>;
  create(options: z.output<S>): SearchSpace;
}
