/** `nas import` and `nas text`: architectures in the text forms of their field, to genotype files and back. */
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { UserError } from '../errors';
import { slug } from '../generate/text';
import { importPublished, publishedText, sizeText, type NetworkChoice } from '../published';
import { writeAtomically } from '../runs/atomic';
import { toolName } from '../version';
import { readText, refuseExisting } from './files';
import { readSource } from './generate';
import type { ExitCode } from './options';

export interface ImportCommandOptions extends NetworkChoice {
  readonly name?: string;
  readonly out?: string;
  readonly force?: boolean;
}

/**
 * @param source the text itself, a file that has it, or `-` for standard input
 * @throws UserError when there is no architecture in it, or the file cannot be written
 */
export function importText(source: string, { out, force, ...options }: ImportCommandOptions): ExitCode {
  const { text, called } = textOf(source);
  const file = importPublished(text, called, { ...options, tool: toolName });
  const target = out ?? `${slug(file.origin.name, '-')}.genotype.json`;
  refuseExisting(target, force);
  writeAtomically(target, [`${JSON.stringify(file, undefined, 2)}\n`]);
  console.log(target);
  console.error(`${file.origin.name}: ${sizeText(file)}.`);
  return 0;
}

/** @throws UserError when the genotype is unusable, or has no such form */
export function printText(source: string, epoch: number | undefined): ExitCode {
  console.log(publishedText(readSource(source, epoch)).trimEnd());
  return 0;
}

function textOf(source: string): { readonly text: string; readonly called: string } {
  if (source === '-') return { text: readFileSync(0, 'utf8'), called: 'Standard input' };
  if (existsSync(source)) return { text: readText(source), called: basename(source) };
  // No path has a bracket or a bar but on purpose.
  if (/[([{|]|^[0-4]{6}$/.test(source)) return { text: source, called: 'The text' };
  throw new UserError(
    `There is no file ${source}, and it is no architecture.`,
    'Name a file, or write the text in quotes.',
  );
}
