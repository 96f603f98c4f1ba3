/**
 * Genotypes: what a search finds, as plain data, and the file in which one is kept. What a space's own look like is in its
 * folder; here they are one type, made from the registry.
 */
import * as z from 'zod';
import type { FormattedPart } from './entry';
import { frameSchema, skeletonSchema } from './frame';
import { entryOf, spaces } from './registry';

type Entry = (typeof spaces)[number];
/** One architecture of any search space. */
export type Genotype = z.output<Entry['genotype']>;
export type SpaceType = Genotype['space'];
export type GenotypeOf<S extends SpaceType> = Extract<Genotype, { space: S }>;

export const genotypeSchema = z.discriminatedUnion(
  'space',
  spaces.map(({ genotype }) => genotype) as never,
) as unknown as z.ZodType<Genotype>;

/** `genotype.json` of a run folder, and the input of code generation. */
export const genotypeFileSchema = z.object({
  format: z.literal('nas-workbench/genotype'),
  version: z.literal(1),
  genotype: genotypeSchema,
  /** The network that is trained and generated from the genotype; what of it a genotype needs, its space says. */
  network: z.union([skeletonSchema, frameSchema]),
  /** What the input values were normalized with, per channel: (value / 255 − mean) / deviation. */
  normalization: z.object({ mean: z.array(z.number()), deviation: z.array(z.number()) }).optional(),
  classNames: z.array(z.string()).optional(),
  /** What the loss of an image of each class counted in training, where classes had weights. */
  classWeights: z.array(z.number().positive()).optional(),
  /** Where it comes from; goes into the header of generated code. */
  origin: z.object({
    name: z.string(),
    runId: z.string(),
    strategy: z.string(),
    data: z.string(),
    seed: z.number(),
    /** Epoch of a gradient search or trial of another, counted from 0. */
    epoch: z.number(),
    /** What `epoch` counts. */
    unit: z.enum(['epoch', 'trial']).default('epoch'),
    /** What computed, with version, instructions and threads; absent where nobody wrote it down. */
    engine: z.string().optional(),
    createdAt: z.string(),
    tool: z.string(),
  }),
});
export type GenotypeFile = z.infer<typeof genotypeFileSchema>;
/** What images were normalized with; where nothing says it, nothing but the division by 255 was done. */
export function normalizationOf({
  normalization,
  network,
}: GenotypeFile): NonNullable<GenotypeFile['normalization']> {
  const { channels } = network.input;
  const all = (value: number) => Array.from({ length: channels }, () => value);
  return normalization ?? { mean: all(0), deviation: all(1) };
}

/** A genotype file of one space, with the network that it needs. */
export type FileOf<S extends SpaceType> = GenotypeFile & {
  readonly genotype: GenotypeOf<S>;
  readonly network: z.output<Extract<Entry, { name: S }>['network']>;
};

/** What a genotype is made of, part by part, as a person reads it. */
export function formatGenotype(genotype: Genotype): FormattedPart[] {
  return entryOf(genotype).format(genotype);
}
