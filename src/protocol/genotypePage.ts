/** Messages between the extension host and the page of a genotype file: `ready` → what the file says, again whenever it changes. */
import * as z from 'zod';
import { genotypeFileSchema } from '../space/genotype';

/** What the page has buttons for. */
export const genotypeCommands = [
  'generateCode',
  'trainArchitecture',
  'exportNetwork',
  'copyText',
  'openText',
] as const;

/** Page → host. */
export const genotypePageRequestSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('command'), command: z.enum(genotypeCommands) }),
  z.object({ type: z.literal('problem'), message: z.string() }),
]);
export type GenotypePageRequest = z.infer<typeof genotypePageRequestSchema>;
export type GenotypePageCommand = Extract<GenotypePageRequest, { type: 'command' }>['command'];

/** Host → page. */
export const genotypePageMessageSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ready'),
    file: genotypeFileSchema,
    /** Of its network; memory in MiB, of a training step on one image. */
    costs: z.object({ parameters: z.number(), flops: z.number(), memoryMiB: z.number() }),
    /** A run with trained weights left it. */
    trained: z.boolean(),
  }),
  z.object({ kind: z.literal('failed'), message: z.string(), hint: z.string().optional() }),
]);
export type GenotypePageMessage = z.infer<typeof genotypePageMessageSchema>;
