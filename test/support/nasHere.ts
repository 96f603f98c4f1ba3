/** Calls `nas` in this process, which costs no start of another. */
import { main } from '../../src/cli/program';

/** @returns the exit code, what was printed on standard output, and all that was printed */
export async function nasHere(
  args: readonly string[],
): Promise<{ code: number; out: string; printed: string }> {
  const { log, error } = console;
  const out: string[] = [];
  const printed: string[] = [];
  console.log = (line: string) => {
    out.push(line);
    printed.push(line);
  };
  console.error = (line: string) => printed.push(line);
  try {
    await main(['node', 'nas', ...args]);
  } finally {
    Object.assign(console, { log, error });
  }
  const code = Number(process.exitCode);
  process.exitCode = 0;
  return { code, out: out.join('\n'), printed: printed.join('\n') };
}
