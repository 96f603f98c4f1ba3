/** tfjs-node 4.22 calls `util.isNullOrUndefined` and `util.isArray`: Node 22 warns about them, Node 23 and later lack them. */
import util from 'node:util';

/** Gives `util` the two functions back, for this process. */
export function restoreUtilFunctions(): void {
  const replacements = {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: Array.isArray,
  };
  for (const [name, value] of Object.entries(replacements)) {
    Object.defineProperty(util, name, { value, configurable: true, writable: true });
  }
}
