/** Where a config says what it is searched on. */
import { findNodeAtLocation, parseTree } from 'jsonc-parser';
import { tooDeepAt } from '../../config/nesting';

/** Offset of the key `data`; undefined where the text has none. */
export function dataKeyOffset(text: string): number | undefined {
  const root = tooDeepAt(text) === undefined ? parseTree(text) : undefined;
  const value = root && findNodeAtLocation(root, ['data']);
  return value?.parent?.offset;
}
