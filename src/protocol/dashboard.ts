/** Messages between the extension host and the dashboard: `ready` → full snapshot → small deltas while visible. */
import * as z from 'zod';
import {
  classificationMessageSchema,
  classificationRequests,
  type ClassificationMessage,
} from './classification';
import { runEventSchema, type RunEvent } from './events';
import { telemetrySchema, type Telemetry } from './worker';

/** An architecture that a run had before its end: that of an epoch of a gradient search, or a trial. */
export const pastChoiceSchema = z.object({
  kind: z.enum(['epoch', 'trial']),
  index: z.number().int().min(0),
});
export type PastChoice = z.infer<typeof pastChoiceSchema>;

/** Dashboard → host. */
export const dashboardRequestSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({
    type: z.literal('command'),
    command: z.enum(['run', 'pause', 'resume', 'stop', 'generate', 'showLog', 'openConfig', 'openRunFolder']),
  }),
  z.object({
    type: z.literal('generateFrom'),
    /** Which earlier architecture of the run, from 0. */
    from: pastChoiceSchema,
  }),
  ...classificationRequests,
  z.object({ type: z.literal('problem'), message: z.string() }),
]);
export type DashboardRequest = z.infer<typeof dashboardRequestSchema>;
export type DashboardCommand = Extract<DashboardRequest, { type: 'command' }>['command'];

/** What the host knows of a run beside its events. */
export const dashboardContextSchema = z.object({
  /** Path of the run folder, for display. */
  runFolder: z.string(),
  /** A worker of this window is running it. */
  live: z.boolean(),
  /** A checkpoint exists, so it can be resumed. */
  resumable: z.boolean(),
  /** Why pictures cannot be classified with its found network, and what to do; undefined where they can. */
  weightsLack: z.object({ message: z.string(), hint: z.string() }).optional(),
});
export type DashboardContext = z.infer<typeof dashboardContextSchema>;

/** Host → dashboard. */
export const dashboardMessageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('snapshot'),
    /** Effective events of the whole run; empty when no run was ever started. */
    events: z.array(runEventSchema),
    telemetry: telemetrySchema.optional(),
    context: dashboardContextSchema.optional(),
  }),
  z.object({
    type: z.literal('delta'),
    events: z.array(runEventSchema),
    telemetry: telemetrySchema.optional(),
    context: dashboardContextSchema.optional(),
  }),
  classificationMessageSchema,
]);
export interface DashboardSnapshot {
  readonly type: 'snapshot' | 'delta';
  readonly events: readonly RunEvent[];
  readonly telemetry?: Telemetry;
  readonly context?: DashboardContext;
}
export type DashboardMessage = DashboardSnapshot | ClassificationMessage;
