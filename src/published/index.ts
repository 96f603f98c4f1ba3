/** Published text forms of architectures: read into genotype files, and written out again. A new form is one file, and one line here. */
import { networkCost } from '../cost/network';
import { UserError } from '../errors';
import { checkGenotypeFile } from '../generate/readGenotype';
import type { Genotype, GenotypeFile } from '../space/genotype';
import { spaceNamed } from '../space/registry';
import { planNetwork } from '../space/network';
import { bench201 } from './bench201';
import { darts } from './darts';
import type { PublishedForm } from './form';
import { onceForAll } from './onceForAll';

const forms: readonly PublishedForm[] = [darts, bench201, onceForAll];

/** What is said otherwise of the network around an architecture. */
export interface NetworkChoice {
  readonly cells?: number;
  readonly channels?: number;
  readonly classes?: number;
  readonly image?: GenotypeFile['network']['input'];
}

export interface ImportOptions extends NetworkChoice {
  /** The one to take where a text has several; what the only one is called. */
  readonly name?: string;
  readonly tool: string;
}

/** Names of the architectures in a text, in their order; those without a name are counted. */
export function publishedNames(text: string): string[] {
  return architectures(text).map(({ name }) => name);
}

/**
 * The architecture in a text as a genotype file: with the network of its publication, unless another is chosen.
 * @param source what the text is, for messages
 * @throws UserError where there is none, or several and none of them is named, or one is wrong
 */
export function importPublished(text: string, source: string, options: ImportOptions): GenotypeFile {
  const { name: wanted, tool } = options;
  const found = architectures(text);
  if (found.length === 0) {
    throw new UserError(
      `${source} has no architecture that can be read.`,
      `These can: ${forms.map(({ title }) => title).join('; ')}.`,
      'no-architecture',
    );
  }
  const named = found.filter(({ name }) => name === wanted);
  // The last of a name wins, as in Python.
  const chosen = named.at(-1) ?? (found.length === 1 ? found[0] : undefined);
  if (!chosen) {
    const names = found.map(({ name }) => name).join(', ');
    throw new UserError(
      `${source} has ${found.length} architectures${wanted === undefined ? '' : `, and none called ${wanted}`}: ${names}.`,
      'Name the one to take (--name).',
      'several-architectures',
    );
  }
  return checkGenotypeFile(
    {
      format: 'nas-workbench/genotype',
      version: 1,
      genotype: chosen.genotype,
      network: networkOf(chosen, options),
      origin: {
        name: wanted ?? chosen.name,
        ...{ runId: '', strategy: 'imported', data: '', seed: 0, epoch: 0, createdAt: '', tool },
      },
    },
    source,
    'Correct what is named here in the text.',
  );
}

/**
 * The text of an architecture in the form of its field.
 * @throws UserError where there is none for it
 */
export function publishedText({ genotype, network, origin }: GenotypeFile): string {
  const name = origin.name.replace(/\W+/g, '_').replace(/^(\d)/, '_$1') || 'genotype';
  const text = written(genotype, name, network);
  if (text !== undefined) return `${text}\n`;
  throw new UserError(
    `There is no published text form for this architecture of the space "${genotype.space}".`,
    'genotype.json has it, and nas generate makes code of it.',
  );
}

const grouped = (value: number) => value.toLocaleString('en-US');

/** The network around an architecture, for a person: depth and width, images, classes. */
export function networkText({ network }: GenotypeFile): string {
  const { height, width, channels } = network.input;
  const scale = 'cells' in network ? `${network.cells} cells, ${network.channels} channels, ` : '';
  return `${scale}images of ${height} × ${width} × ${channels}, ${grouped(network.classes)} classes`;
}

/** How large it is: parameters and multiply–accumulates, and the network. */
export function sizeText(file: GenotypeFile): string {
  const { parameters, flops } = networkCost(planNetwork(file.genotype, file.network));
  return `${grouped(parameters)} parameters, ${grouped(flops)} multiply–accumulates, ${networkText(file)}`;
}

function written(genotype: Genotype, name: string, network: GenotypeFile['network']): string | undefined {
  for (const form of forms) {
    const text = form.write(genotype, name, network);
    if (text !== undefined) return text;
  }
  return undefined;
}

function architectures(text: string) {
  for (const form of forms) {
    const found = form.read(text.replace(/^\uFEFF/, ''));
    if (found.length > 0)
      return found.map((each, i) => ({ ...each, name: each.name ?? `architecture ${i + 1}` }));
  }
  return [];
}

function networkOf(
  { genotype, network }: ReturnType<typeof architectures>[number],
  { cells, channels, classes, image }: NetworkChoice,
): object {
  const chosen = {
    ...(cells !== undefined && { cells }),
    ...(channels !== undefined && { channels }),
    ...(classes !== undefined && { classes }),
    ...(image !== undefined && { input: image }),
  };
  const { space } = genotype as { space: Genotype['space'] };
  const known = Object.keys(spaceNamed(space)!.network.shape);
  const foreign = Object.keys(chosen).find((key) => !known.includes(key));
  if (foreign === undefined) return { ...network, ...chosen };
  throw new UserError(
    `A network of the space "${space}" has no number of ${foreign} to choose.`,
    'Its architecture says how deep and wide it is.',
  );
}
