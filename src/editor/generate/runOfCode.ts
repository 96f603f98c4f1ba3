/** Which run generated code is of. Pure. */

/** Characters of a file that its header is looked for in. */
export const longestHeader = 6000;

/** Name of the run that the header of generated code tells, and where it stands; undefined in other files. */
export function runOfCode(text: string): { readonly runId: string; readonly offset: number } | undefined {
  const header = text.slice(0, longestHeader);
  if (!/^(?: \* )?Written by: +NAS Workbench/m.test(header)) return undefined;
  const match = /^(?: \* )?Run: +(\S+)$/m.exec(header);
  return match ? { runId: match[1]!, offset: match.index } : undefined;
}
