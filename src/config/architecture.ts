/** Configs that train an architecture which is known, and search nothing. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Finding } from '../describe';
import { UserError } from '../errors';
import { checkGenotypeFile, readGenotypeFile } from '../generate/readGenotype';
import type { Genotype, GenotypeFile } from '../space/genotype';
import type { Config } from './schema';

/** The genotype file whose architecture a config has trained; undefined for searches. */
export function givenFile({ architecture }: Config): GenotypeFile | undefined {
  if (typeof architecture === 'string') throw new RangeError(`${architecture} has not been read.`);
  return architecture;
}

/** The architecture that a config has trained; undefined for searches. */
export function givenArchitecture(config: Config): Genotype | undefined {
  return givenFile(config)?.genotype;
}

/**
 * The genotype file that a config names, or what is wrong with it; undefined where it names none.
 * @param folder where relative paths start
 */
export function readArchitecture(
  { architecture }: Config,
  folder: string,
): GenotypeFile | Finding | undefined {
  if (architecture === undefined) return undefined;
  if (typeof architecture !== 'string') return checkArchitecture(architecture);
  const path = resolve(folder, architecture);
  const hint = 'Name the genotype.json of a run, or a file that nas import wrote.';
  try {
    return readGenotypeFile(readFileSync(path, 'utf8'), architecture);
  } catch (error) {
    const at = { path: ['architecture'] };
    if (error instanceof UserError) return { ...at, message: error.message, hint: error.hint };
    const { code } = error as NodeJS.ErrnoException;
    const missing = code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder' : undefined;
    return { ...at, message: missing ? `${path} ${missing}.` : `${path} cannot be read (${code}).`, hint };
  }
}

/** What is written in a config in place of a file's name. @param value right or wrong */
export function checkArchitecture(value: unknown): GenotypeFile | Finding {
  try {
    return checkGenotypeFile(
      value,
      'What stands here',
      'Name the file instead, or copy all that is in a genotype.json.',
    );
  } catch (error) {
    if (error instanceof UserError)
      return { path: ['architecture'], message: error.message, hint: error.hint };
    throw error;
  }
}

/** What does not go with a given architecture, or needs one. */
export function architectureChecks(config: Config): Finding[] {
  const { architecture, final, space } = config;
  if (architecture === undefined) {
    if (final.initialWeights === undefined) return [];
    const message = 'Weights to start from are those of one architecture, and this config searches for one.';
    return [
      { path: ['final', 'initialWeights'], message, hint: 'Name it with "architecture", or leave this out.' },
    ];
  }
  const findings: Finding[] = [];
  if (final.epochs === 0) {
    findings.push({
      path: ['final', 'epochs'],
      message: 'An architecture is given and not to be trained, so there is nothing to do.',
      hint: 'Set final.epochs above 0, or leave "architecture" out.',
    });
  }
  if (final.randomNetworks > 0) {
    findings.push({
      path: ['final', 'randomNetworks'],
      message:
        'Random networks are what a search is held against; where an architecture is given there is none.',
      hint: 'Leave final.randomNetworks out.',
      instead: { value: 0, unsaid: true },
    });
  }
  const needed = typeof architecture === 'string' ? space.type : architecture.genotype.space;
  if (needed !== space.type) {
    findings.push({
      path: ['space'],
      message: `The architecture is of the space "${needed}", not "${space.type}".`,
      hint: 'Leave "space" out: the architecture says what it is.',
    });
  }
  return findings;
}
