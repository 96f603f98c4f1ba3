/** Where a config says what it is searched on. */
import { findNodeAtLocation, parseTree } from 'jsonc-parser';

/** Offset of the key `data`; undefined where the text has none. */
export function dataKeyOffset(text: string): number | undefined {
  const root = parseTree(text);
  const value = root && findNodeAtLocation(root, ['data']);
  return value?.parent?.offset;
}
