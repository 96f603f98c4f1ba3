/** Groups of pictures by their paths: all whose paths have the same part, such as a patient or a video, belong together. */
import * as z from 'zod';
import { described, type Finding } from '../../describe';
import { broken } from '../broken';

/** The key of sets whose pictures are told by paths. */
export const groupPatternKey = described(
  z.string().min(1).optional(),
  'Regular expression with one pair of capturing parentheses, over the path of a picture in the folder (with /): pictures in which it captures the same stay on one side of every split. "patient(\\\\d+)_" keeps patients whole.',
);

/** @returns what is wrong with a pattern; paths start at the `data` section */
export function groupPatternFindings(pattern: string | undefined): Finding[] {
  if (pattern === undefined) return [];
  const hint = 'Put what tells the group in one pair of parentheses, such as "patient(\\d+)_".';
  try {
    const captures = new RegExp(`${pattern}|`).exec('')!.length - 1;
    if (captures === 1) return [];
    const message = `It captures ${captures === 0 ? 'nothing' : `${captures} parts`}.`;
    return [{ path: ['group'], message, hint }];
  } catch (error) {
    return [{ path: ['group'], message: `${(error as Error).message}.`, hint }];
  }
}

/**
 * A number for the group of each picture, from zero on in the order in which groups come.
 * @param names paths in the folder
 * @throws UserError that begins with the folder's path where the pattern does not match each of them
 */
export function groupsByPattern(names: readonly string[], pattern: string, root: string): Int32Array {
  const expression = new RegExp(pattern);
  const numbers = new Map<string, number>();
  const missed: string[] = [];
  const groups = Int32Array.from(names, (name) => {
    const path = name.replaceAll('\\', '/');
    const found = expression.exec(path)?.[1];
    if (found === undefined) {
      missed.push(path);
      return -1;
    }
    if (!numbers.has(found)) numbers.set(found, numbers.size);
    return numbers.get(found)!;
  });
  if (missed.length > 0) {
    const problem = `"group" finds nothing in ${missed.length} of ${names.length} paths, such as ${missed[0]!}.`;
    throw broken(root, problem, 'Every picture belongs to a group: mend the pattern, or rename the files.');
  }
  return groups;
}
