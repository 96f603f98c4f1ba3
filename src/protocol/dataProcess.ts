/**
 * Messages between the host and the process that looks at data for it: what is in a data set, its pictures a page at a
 * time, a config for a folder of pictures, what a found network takes pictures for, and exports that Python makes. Checked at
 * both ends.
 */
import * as z from 'zod';
import { pictureAnswerSchema, pictureOriginSchema } from './classification';

export const lookedSplits = ['train', 'validation', 'test'] as const;
export type LookedSplit = (typeof lookedSplits)[number];

/** Pictures of a page, at most: as many as are decoded, sent and drawn at once. */
export const picturesOfPage = 60;

const count = z.number().int().min(0);

/** Which pictures are wanted. */
export const pictureQuerySchema = z.object({
  split: z.enum(lookedSplits),
  /** Class, from 0; all when left out. */
  label: count.optional(),
  /** The first of the page, counted among those that are wanted. */
  from: count,
  count: count.max(picturesOfPage),
  /** How many augmented samples of each. */
  augmented: count.max(4),
});
export type PictureQuery = z.infer<typeof pictureQuerySchema>;

/**
 * Host → process, which carries them out one by one. One `propose` or `open` a process, then `pictures` any number of
 * times; or `classify` any number of times, always with one run; or `export`, and `setUpPython` where it is that which it
 * lacks. `cancel` is heard at once and gives up what these two do.
 */
export const dataCommandSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('propose'),
    /** Folder of the pictures. */
    root: z.string(),
    /** Folder and name of the config that is to be made. */
    configFolder: z.string(),
    name: z.string(),
    /** Of the engine whose steps are timed; `OMP_NUM_THREADS` or all cores unless given. */
    threads: z.number().int().min(1).optional(),
  }),
  z.object({
    type: z.literal('open'),
    /** Text and path of the config. */
    text: z.string(),
    file: z.string(),
  }),
  z.object({ type: z.literal('pictures'), query: pictureQuerySchema }),
  z.object({
    type: z.literal('classify'),
    /** Path of the finished run. */
    runFolder: z.string(),
    /** `OMP_NUM_THREADS` or all cores unless given. */
    threads: z.number().int().min(1).optional(),
    /** Where native TensorFlow is looked for. */
    nativeFolder: z.string().optional(),
    pictures: z.array(pictureOriginSchema),
  }),
  z.object({
    type: z.literal('export'),
    runFolder: z.string(),
    /** Of those of the run; the found one unless given. */
    network: z.string().optional(),
    format: z.enum(['keras', 'litert', 'litert-int8']),
    options: z.object({ rawPixels: z.boolean().optional(), softmax: z.boolean().optional() }),
    /** Path of the file; one that is there is replaced. */
    target: z.string(),
    /** The Python that converts; one is looked for unless given. */
    python: z.string().optional(),
    threads: z.number().int().min(1).optional(),
  }),
  z.object({ type: z.literal('setUpPython') }),
  z.object({ type: z.literal('cancel') }),
]);
export type DataCommand = z.infer<typeof dataCommandSchema>;

const splitCountsSchema = z.object({ train: count, validation: count, test: count });

const fileSchema = z.object({
  /** What the page calls it. */
  name: z.string(),
  /** Undefined where its bytes are in another file. */
  file: z.string().optional(),
});

/** What is in a data set, once it is loaded, fitted and split as a run has it. */
export const dataSummarySchema = z.object({
  /** Of the search. */
  name: z.string(),
  set: z.string(),
  height: count,
  width: count,
  channels: count,
  classes: z.array(splitCountsSchema.extend({ name: z.string() })),
  counts: splitCountsSchema,
  /** How many images are copies of others, and where; see `CopyCounts`. */
  copies: z.object({
    ...{ images: count, equal: count, leftOut: count },
    ...{ validationInTrain: count, testInOthers: count, otherClass: count },
  }),
  /** Groups of images that are copies of each other, the worst first. */
  duplicates: z.array(
    z.object({
      /** Whether they are equal to the byte. */
      isEqual: z.boolean(),
      images: z.array(fileSchema.extend({ split: z.enum([...lookedSplits, 'leftOut']), label: count })),
    }),
  ),
  /** How many groups there are, with those that are left off. */
  duplicateGroups: count,
  broken: z.array(fileSchema.extend({ reason: z.string() })),
  /** Of the files as they are, by their headers; undefined where images are no files of their own. */
  files: z
    .object({
      looked: count,
      total: count,
      formats: z.array(z.object({ name: z.string(), count })),
      /** The most frequent first. */
      sizes: z.array(z.object({ height: count, width: count, count })),
      /** How many there are, with those that are left off. */
      sizeCount: count,
    })
    .optional(),
  /** What training does to its images at random, in words; undefined where it does nothing. */
  augmentation: z.string().optional(),
  notices: z.array(z.string()),
});
export type DataSummary = z.infer<typeof dataSummarySchema>;

const pixelsSchema = z.instanceof(Uint8Array);

/** One page of pictures. */
export const picturesSchema = z.object({
  query: pictureQuerySchema,
  /** How many there are of this split and class. */
  total: count,
  pictures: z.array(
    z.object({
      /** In its split. */
      index: count,
      label: count,
      file: z.string().optional(),
      /** [height, width, channels] */
      pixels: pixelsSchema,
      augmented: z.array(pixelsSchema),
    }),
  ),
});
export type Pictures = z.infer<typeof picturesSchema>;

const failureSchema = z.object({
  type: z.literal('failed'),
  message: z.string(),
  /** What to do next. */
  hint: z.string().optional(),
  /** Of the kind of failure, where the host may do something about it. */
  code: z.string().optional(),
  /** For the log, not for the person. */
  stack: z.string().optional(),
});

/** Process → host. */
export const dataMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), step: z.string(), fraction: z.number().optional() }),
  z.object({ type: z.literal('proposal'), text: z.string() }),
  z.object({ type: z.literal('summary'), summary: dataSummarySchema }),
  z.object({ type: z.literal('pictures'), pictures: picturesSchema }),
  /** Of the next picture, in their order. */
  z.object({ type: z.literal('answer'), answer: pictureAnswerSchema }),
  /** How the file does, a part of a sentence. */
  z.object({ type: z.literal('exported'), said: z.string() }),
  /** Exports have their Python. */
  z.object({ type: z.literal('pythonReady') }),
  failureSchema,
]);
export type DataMessage = z.infer<typeof dataMessageSchema>;
