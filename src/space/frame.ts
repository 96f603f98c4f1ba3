/**
 * What a network has around what a genotype says: images and classes, and, for stacks of cells, their number and channels.
 * Every space's own files may need this one; it needs none of theirs.
 */
import * as z from 'zod';

export const cellKinds = ['normal', 'reduction'] as const;
export type CellKind = (typeof cellKinds)[number];

/** Size of the images and number of classes. */
export const frameSchema = z.object({
  input: z.object({
    height: z.number().int().min(1).max(1024),
    width: z.number().int().min(1).max(1024),
    channels: z.number().int().min(1).max(64),
  }),
  classes: z.number().int().min(2).max(10_000),
});
export type NetworkFrame = z.infer<typeof frameSchema>;

/** How cells are stacked into a network. */
export const skeletonSchema = frameSchema.extend({
  /** Number of cells; those at ⌊L/3⌋ and ⌊2L/3⌋ are reduction cells. */
  cells: z.number().int().min(1).max(100),
  /** Channels C of the first cell's nodes; doubled by each reduction. */
  channels: z.number().int().min(1).max(1024),
  /** The stem has this many times C channels. */
  stemMultiplier: z.number().int().min(1).max(8),
});
export type Skeleton = z.infer<typeof skeletonSchema>;
