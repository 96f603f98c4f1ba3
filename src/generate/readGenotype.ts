/** Text of a genotype file to a checked genotype: what code generation can rely on. */
import * as z from 'zod';
import { isMissing } from '../describe';
import { UserError } from '../errors';
import { frameSchema } from '../space/frame';
import { genotypeFileSchema, genotypeSchema, type GenotypeFile } from '../space/genotype';
import { entryOf, spaceNamed } from '../space/registry';

interface Finding {
  /** Key path, e.g. `genotype.normal.nodes[0][1].input`. */
  readonly path: string;
  /** Undefined where the key is missing. */
  readonly message: string | undefined;
}

const whatItIs = 'A genotype file is the genotype.json that a search leaves in its run folder.';

function describeIssue(issue: z.core.$ZodIssue, value: unknown): Finding {
  const message = isMissing(issue, value) ? undefined : issue.message.replace(/^Invalid input: /, '');
  return { path: z.core.toDotPath(issue.path), message };
}

/** What the schema leaves open and no framework could build, or no training could use. */
function findings({ genotype, network, classNames, classWeights, normalization }: GenotypeFile): Finding[] {
  const found = (entryOf(genotype).findings?.(genotype, network) ?? []).map(({ path, message }): Finding => ({
    path: `genotype.${path}`,
    message,
  }));
  if (classNames && classNames.length !== network.classes) {
    found.push({ path: 'classNames', message: `${classNames.length} names for ${network.classes} classes` });
  }
  if (classWeights && classWeights.length !== network.classes) {
    const message = `${classWeights.length} weights for ${network.classes} classes`;
    found.push({ path: 'classWeights', message });
  }
  for (const key of ['mean', 'deviation'] as const) {
    const values = normalization?.[key];
    if (!values) continue;
    const { channels } = network.input;
    if (values.length !== channels) {
      found.push({
        path: `normalization.${key}`,
        message: `${values.length} values for ${channels} channels`,
      });
    } else if (key === 'deviation' && values.some((value) => value <= 0)) {
      found.push({ path: 'normalization.deviation', message: 'a deviation has to be above 0' });
    }
  }
  return found;
}

function refuse(source: string, found: readonly Finding[], hint: string): never {
  const lines = found.slice(0, 5).map(({ path, message }) => {
    if (message === undefined) return `${path} is missing`;
    return path ? `${path}: ${message}` : message;
  });
  const more = found.length > 5 ? `; and ${found.length - 5} more` : '';
  throw new UserError(
    `${source} is not a usable genotype file: ${lines.join('; ')}${more}.`,
    hint,
    'genotype',
  );
}

/** Issues of a value as a genotype file, `network` judged by what its genotype needs. */
function issuesOf(value: unknown): z.core.$ZodIssue[] {
  const genotype = (value as { genotype?: { space?: unknown } | null } | null)?.genotype;
  const network = spaceNamed(String(genotype?.space))?.network ?? frameSchema;
  return genotypeFileSchema.extend({ network }).safeParse(value).error?.issues ?? [];
}

/**
 * @param text content of a `genotype.json`
 * @param source name of the file, for messages
 * @throws {UserError} naming the keys that are wrong
 */
export function readGenotypeFile(text: string, source: string): GenotypeFile {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new UserError(`${source} is not JSON: ${(error as Error).message}.`, whatItIs, 'genotype');
  }
  const bare = genotypeSchema.safeParse(value);
  if (bare.success) {
    const message = `${source} holds an architecture alone, without the network around it.`;
    const keys = Object.keys(entryOf(bare.data).network.shape).join(', ');
    const hint = `Put it under "genotype" and add "network" (${keys}), as in genotype.json.`;
    throw new UserError(message, hint, 'genotype');
  }
  const { version } = (value ?? {}) as { version?: unknown };
  const isNewer = typeof version === 'number' && version > 1;
  const hint = isNewer ? `It has version ${version}; this tool reads version 1.` : whatItIs;
  return checkGenotypeFile(value, source, hint);
}

/**
 * What is to be a genotype file, checked.
 * @param source what messages call it
 * @param hint what to do where its form is wrong
 * @throws {UserError} naming the keys that are wrong
 */
export function checkGenotypeFile(value: unknown, source: string, hint: string): GenotypeFile {
  const issues = issuesOf(value);
  if (issues.length > 0) {
    return refuse(
      source,
      issues.map((issue) => describeIssue(issue, value)),
      hint,
    );
  }
  const file = genotypeFileSchema.parse(value);
  const found = findings(file);
  return found.length > 0 ? refuse(source, found, 'Correct the keys named here.') : file;
}
