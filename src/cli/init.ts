/** `nas init`: a config for a folder of pictures, made from what is in it and from how fast this machine is. */
import { existsSync, writeFileSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import { UserError } from '../errors';
import { explainFileError } from '../runs/atomic';
import { proposeConfig } from '../study/proposal';
import { defaultThreads } from '../threads';
import { configName } from './files';
import type { ExitCode } from './options';
import { progressLine } from './progressLine';

/** @throws UserError when the folder is no data set, or the file is there already */
export async function init(
  folder: string,
  options: { readonly out?: string; readonly threads?: number },
): Promise<ExitCode> {
  const root = resolve(folder);
  const file = resolve(options.out ?? `${basename(root)}.nas.json`);
  const taken = new UserError(`${file} exists already.`, 'Choose another file with --out.');
  if (existsSync(file)) throw taken;
  const progress = progressLine();
  let text: string;
  try {
    ({ text } = await proposeConfig({
      ...{ root, configFolder: dirname(file), name: configName(file) },
      threads: options.threads ?? defaultThreads(),
      onProgress: (step) => progress.show(step),
    }));
  } finally {
    progress.end();
  }
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? taken : explainFileError(error, file);
  }
  console.log(relative(process.cwd(), file));
  console.log(
    text
      .split('\n')
      .filter((line) => line.startsWith('// '))
      .map((line) => line.slice(3))
      .join('\n'),
  );
  return 0;
}
