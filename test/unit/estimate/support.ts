/** A search of trials without a run folder: its events, and what it leaves behind. */
import type { Config } from '../../../src/config/schema';
import { prepareJob } from '../../../src/job/prepare';
import { startSearch } from '../../../src/job/startSearch';
import type { RunEventBody } from '../../../src/protocol/events';
import type { Search } from '../../../src/search/process';
import { decodeSnapshot, encodeSnapshot } from '../../../src/runs/checkpoint';
import type { Snapshot } from '../../../src/snapshot';

export async function searchOf(config: Config): Promise<Search> {
  const prepared = await prepareJob(config, { configFolder: '/', engine: 'fused', threads: 1 });
  return startSearch({
    ...{ config, ...prepared },
    readFile: () => {
      throw new Error('no files here');
    },
  });
}

/** Advances a search and keeps its events. @param until asked after every advance */
export async function drive(search: Search, until: () => boolean = () => false): Promise<RunEventBody[]> {
  const events: RunEventBody[] = [];
  const context = { emit: (event: RunEventBody) => void events.push(event), interrupted: () => false };
  while (!search.done && !until()) await search.advance(context);
  return events;
}

/** The snapshot as a checkpoint file gives it back. */
export function throughFile(snapshot: Snapshot): Snapshot {
  return decodeSnapshot(Buffer.concat(encodeSnapshot(snapshot)), 'memory');
}

export type TrialEvent = Extract<RunEventBody, { type: 'trial' }>;

export function trialsOf(events: readonly RunEventBody[]): TrialEvent[] {
  return events.filter((event) => event.type === 'trial');
}
