/** `nas cache`: the decoded pictures that are kept from run to run, and how to get rid of them and of what is known of copies. */
import { rm } from 'node:fs/promises';
import { dataFolder } from '../backend/folders';
import { knownDuplicatesFolder } from '../data/duplicates/known';
import { keptSets, pictureCacheFolder } from '../data/pictures/cache';
import { formatBytes, formatCount } from '../format';
import type { ExitCode } from './options';
import { grid } from './report';

export async function cache(options: {
  readonly clear?: boolean;
  readonly json?: boolean;
}): Promise<ExitCode> {
  const folder = pictureCacheFolder(dataFolder());
  const kept = await keptSets(folder);
  if (options.clear) {
    await Promise.all(kept.map(({ file }) => rm(file, { force: true })));
    await rm(knownDuplicatesFolder(dataFolder()), { recursive: true, force: true });
  }
  if (options.json) {
    console.log(JSON.stringify({ folder, cleared: options.clear ?? false, kept }, undefined, 2));
    return 0;
  }
  const bytes = formatBytes(kept.reduce((sum, each) => sum + each.bytes, 0));
  const what = `decoded pictures of ${formatCount(kept.length)} ${kept.length === 1 ? 'set' : 'sets'}, ${bytes}`;
  if (options.clear) console.log(`Removed from ${folder}: ${what}.`);
  else if (kept.length === 0) console.log(`No decoded pictures are kept in ${folder}.`);
  else {
    const rows = kept.map(({ source, pictures, bytes: size, used }) => [
      ...[source, formatCount(pictures), formatBytes(size)],
      used.toISOString().slice(0, 16).replace('T', ' '),
    ]);
    const head = ['Pictures of', 'number', 'size', 'last used (UTC)'];
    console.log([`${folder}: ${what}`, ...grid([head, ...rows])].join('\n'));
  }
  return 0;
}
