/** Messages between the extension host and the page **Look at Data**: `ready` → state, then pictures as they are asked for. */
import * as z from 'zod';
import { dataSummarySchema, pictureQuerySchema, picturesSchema } from './dataProcess';

/** Page → host. */
export const dataPageRequestSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('pictures'), query: pictureQuerySchema }),
  /** Opens a file in the editor: one that the host has named. */
  z.object({ type: z.literal('openFile'), file: z.string() }),
  /** Side by side, to be compared. */
  z.object({ type: z.literal('openFiles'), files: z.array(z.string()) }),
  z.object({
    type: z.literal('command'),
    command: z.enum(['run', 'openConfig', 'load', 'cancel', 'showLog']),
  }),
  z.object({ type: z.literal('problem'), message: z.string() }),
]);
export type DataPageRequest = z.infer<typeof dataPageRequestSchema>;
export type DataPageCommand = Extract<DataPageRequest, { type: 'command' }>['command'];

export const dataStateSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('loading'), step: z.string(), fraction: z.number().optional() }),
  z.object({ kind: z.literal('failed'), message: z.string(), hint: z.string().optional() }),
  z.object({ kind: z.literal('cancelled') }),
  z.object({ kind: z.literal('ready'), summary: dataSummarySchema }),
]);
export type DataState = z.infer<typeof dataStateSchema>;

/** Host → page. */
export const dataPageMessageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('state'),
    /** Path of the config, by which a page that the editor brings back finds its data again. */
    config: z.string(),
    /** What the page calls it. */
    title: z.string(),
    state: dataStateSchema,
  }),
  z.object({ type: z.literal('pictures'), pictures: picturesSchema }),
]);
export type DataPageMessage = z.infer<typeof dataPageMessageSchema>;
