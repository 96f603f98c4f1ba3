/** What tells the content of one file from that of another. */
import { createHash } from 'node:crypto';

export function contentHash(bytes: Uint8Array): string {
  // Equal files are meant, not attacks: the shortest of the strong ones will do.
  return createHash('sha1').update(bytes).digest('base64');
}
