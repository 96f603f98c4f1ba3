/** Text of a genotype file to a checked genotype: what code generation can rely on. */
import * as z from 'zod';
import { UserError } from '../errors';
import {
  frameSchema,
  genotypeFileSchema,
  genotypeSchema,
  skeletonSchema,
  type CellGenotype,
  type CellPairGenotype,
  type Genotype,
  type GenotypeFile,
} from '../space/genotype';

interface Finding {
  /** Key path, e.g. `genotype.normal.nodes[0][1].input`. */
  readonly path: string;
  readonly message: string;
}

const whatItIs = 'A genotype file is the genotype.json that a search leaves in its run folder.';

function describeIssue({ path, message }: z.core.$ZodIssue): Finding {
  return { path: z.core.toDotPath(path), message: message.replace(/^Invalid input: /, '') };
}

/** Nodes that neither the output nor another node reads: their weights could not learn. */
function unreadNodes(cell: CellGenotype): number[] {
  const read = new Set(cell.concat);
  for (let node = cell.nodes.length + 1; node >= 2; node--) {
    if (read.has(node)) for (const edge of cell.nodes[node - 2]!) read.add(edge.input);
  }
  return cell.nodes.map((_, i) => i + 2).filter((node) => !read.has(node));
}

function cellFindings(genotype: CellPairGenotype): Finding[] {
  const found: Finding[] = [];
  for (const kind of ['normal', 'reduction'] as const) {
    for (const node of unreadNodes(genotype[kind])) {
      const path = `genotype.${kind}.nodes[${node - 2}]`;
      found.push({ path, message: `node ${node} is read by no other node and is not in "concat"` });
    }
  }
  const inputs = genotype.reduction.concat.filter((index) => index < 2);
  if (inputs.length > 0) {
    const message = `${inputs[0]} is an input of the cell and larger than its nodes; only nodes (2 and up) can be joined here`;
    found.push({ path: 'genotype.reduction.concat', message });
  }
  return found;
}

/** A cell without a way through it would give the same answer for every image. */
function bench201Findings(operations: readonly string[]): Finding[] {
  const [ab, ac, bc, ad, bd, cd] = operations.map((name) => name !== 'none');
  const isConnected = ad || (ac && cd) || (ab && (bd || (bc && cd)));
  if (isConnected) return [];
  const message = 'no path of operations other than "none" leads from the input of the cell to its output';
  return [{ path: 'genotype.operations', message }];
}

function genotypeFindings(genotype: Genotype): Finding[] {
  switch (genotype.space) {
    case 'cell':
      return cellFindings(genotype);
    case 'nasbench201':
      return bench201Findings(genotype.operations);
    case 'chain':
    case 'mbconv':
      return [];
  }
}

/** What the schema leaves open and no framework could build, or no training could use. */
function findings({ genotype, network, classNames, normalization }: GenotypeFile): Finding[] {
  const found = genotypeFindings(genotype);
  if (classNames && classNames.length !== network.classes) {
    found.push({ path: 'classNames', message: `${classNames.length} names for ${network.classes} classes` });
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

/** Stacks of cells need their number and channels, which the schema of all files leaves open. */
function isStack(genotype: unknown): boolean {
  const space = (genotype as { space?: unknown } | null | undefined)?.space;
  return space === 'cell' || space === 'nasbench201';
}

function refuse(source: string, found: readonly Finding[], hint: string): never {
  const lines = found.slice(0, 5).map(({ path, message }) => (path ? `${path}: ${message}` : message));
  const more = found.length > 5 ? `; and ${found.length - 5} more` : '';
  throw new UserError(
    `${source} is not a usable genotype file: ${lines.join('; ')}${more}.`,
    hint,
    'genotype',
  );
}

/** Issues of a value as a genotype file, `network` judged by what its genotype needs. */
function issuesOf(value: unknown): z.core.$ZodIssue[] {
  const network = isStack((value as { genotype?: unknown } | null)?.genotype) ? skeletonSchema : frameSchema;
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
    const stack = isStack(bare.data);
    const message = stack
      ? `${source} holds cells alone, without the network that they are stacked into.`
      : `${source} holds an architecture alone, without the network around it.`;
    const keys = stack ? 'cells, channels, stemMultiplier, input, classes' : 'input, classes';
    const hint = `Put it under "genotype" and add "network" (${keys}), as in genotype.json.`;
    throw new UserError(message, hint, 'genotype');
  }
  const issues = issuesOf(value);
  if (issues.length > 0) {
    const version: unknown = (value as { version?: unknown } | null)?.version;
    const isNewer = typeof version === 'number' && version > 1;
    const hint = isNewer ? `It has version ${version}; this tool reads version 1.` : whatItIs;
    return refuse(source, issues.map(describeIssue), hint);
  }
  const file = genotypeFileSchema.parse(value);
  const found = findings(file);
  return found.length > 0 ? refuse(source, found, 'Correct the keys named here.') : file;
}
