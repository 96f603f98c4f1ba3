/**
 * The one answer to whether and how a config fits itself and its data. A default that does not fit gives way to what does, and
 * a notice says so; a value that a person wrote is never changed, but reported with one that fits.
 */
import { resolve } from 'node:path';
import type { DataFacts } from '../data/dataSet';
import { dataSetNamed } from '../data/registry';
import { fittedShape } from '../data/fitting';
import type { Finding } from '../describe';
import { UserError } from '../errors';
import type { GenotypeFile } from '../space/genotype';
import { readArchitecture } from './architecture';
import { crossChecks } from './checks';
import { formatPath } from './formatPath';
import { configPaths } from './paths';
import { configSchema, type Config } from './schema';
import { valueAt } from './schemaAt';

export interface Fitted {
  /** With defaults that fit. */
  readonly config: Config;
  /** Of the data before anything is fitted; undefined where files would have to be read that may not be. */
  readonly facts?: DataFacts;
  /** Which defaults gave way, as sentences. */
  readonly notices: readonly string[];
  /** What is left that does not fit. */
  readonly findings: readonly Finding[];
}

/** A default that gave way can make another one not fit; more rounds than there are such defaults would go in circles. */
const rounds = 20;

/**
 * @param written the config as it is in its file, before defaults
 * @param read what its files say; undefined where they may not be read
 */
export function fitConfig(config: Config, written: unknown, read?: FilesOfConfig): Fitted {
  const { facts: told, architecture } = read ?? {};
  const fitted = structuredClone(config);
  const unreadable = architecture && 'path' in architecture ? [architecture] : [];
  if (architecture && !('path' in architecture)) takeArchitecture(fitted, architecture, written);
  const replaced = new Map<string, string>();
  for (let round = 0; ; round++) {
    const entry = dataSetNamed(fitted.data.set);
    const source = 'facts' in entry ? entry.facts(fitted.data) : told;
    const [facts, broken] = source && 'path' in source ? [undefined, source] : [source, undefined];
    const findings = [...unreadable, ...(broken ? [broken] : []), ...crossChecks(fitted, written, facts)];
    const given = findings.filter(
      ({ path, instead }) => instead !== undefined && valueAt(written, path) === undefined,
    );
    if (given.length === 0 || round === rounds) {
      const notices = [...replaced.values(), ...shrinkNotices(fitted, written, facts, findings)];
      return { config: fitted, facts, notices, findings };
    }
    for (const finding of given) {
      const key = formatPath(finding.path);
      if (!finding.instead!.unsaid) replaced.set(key, noticeOf(key, finding, valueAt(config, finding.path)));
      setAt(fitted, finding.path, finding.instead!.value);
    }
  }
}

/** The file's architecture, and the network around it, as far as the config says nothing of that itself. */
function takeArchitecture(config: Config, file: GenotypeFile, written: unknown): void {
  config.architecture = file;
  const { network } = file;
  if (valueAt(written, ['space']) === undefined) {
    const space = configSchema.shape.space.parse({ type: file.genotype.space });
    const hasStem = 'stemMultiplier' in space && 'stemMultiplier' in network;
    config.space = hasStem ? { ...space, stemMultiplier: network.stemMultiplier } : space;
  }
  if (!('cells' in network)) return;
  const { cells, channels } = network;
  if (valueAt(written, ['final', 'cells']) === undefined) config.final.cells = cells;
  if (valueAt(written, ['final', 'channels']) === undefined) config.final.channels = channels;
}

/** What the files that a config names say, as far as a check reads them. */
export interface FilesOfConfig {
  /** Of its data, or what is wrong with it; undefined where its data has no files. */
  readonly facts?: DataFacts | Finding;
  /** The architecture that it names, likewise. */
  readonly architecture?: GenotypeFile | Finding;
}

/**
 * Reads what `fitConfig` needs of the files that a config names.
 * @param folder where relative paths start
 */
export async function readFiles(config: Config, folder: string): Promise<FilesOfConfig> {
  return { facts: await readFileFacts(config, folder), architecture: readArchitecture(config, folder) };
}

/**
 * What the files of a config's data say, or what is wrong with them; undefined where its data has none.
 * @param folder where relative paths start
 */
async function readFileFacts(config: Config, folder: string): Promise<DataFacts | Finding | undefined> {
  const entry = dataSetNamed(config.data.set);
  if ('facts' in entry) return undefined;
  try {
    return await entry.readFacts(config.data, folder, config.seed);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const paths = configPaths(config).filter(({ key }) => key[0] === 'data');
    const broken = paths.find(({ value }) => error.message.startsWith(`${resolve(folder, value)}:`));
    return { path: broken?.key ?? ['data', 'set'], message: error.message, hint: error.hint };
  }
}

function noticeOf(key: string, { message, instead }: Finding, before: unknown): string {
  const value = instead!.value === undefined ? 'left out' : JSON.stringify(instead!.value);
  return `${message} So ${key} is ${value}, not ${JSON.stringify(before)} as by default.`;
}

/** Where a preset shrinks images of which it cannot know how much can be lost. */
function shrinkNotices(
  { data, preset }: Config,
  written: unknown,
  facts: DataFacts | undefined,
  findings: readonly Finding[],
): string[] {
  const { imageSize, set } = data;
  if (imageSize === undefined || valueAt(written, ['data', 'imageSize']) !== undefined || !facts) return [];
  const isOwn = dataSetNamed(set).laptop?.imageSize === imageSize;
  if (isOwn && typeof imageSize === 'number' && 2 * imageSize >= Math.min(facts.height, facts.width))
    return [];
  // What cannot be fitted is a finding, and needs no notice.
  if (findings.some(({ path }) => path[0] === 'data' && ['imageSize', 'colour'].includes(String(path[1]))))
    return [];
  const { height, width } = fittedShape(facts, data);
  const size = `${facts.height} × ${facts.width}`;
  const before = facts.sizes && facts.sizes.length > 1 ? `of ${facts.sizes.length} sizes` : `of ${size}`;
  return [
    `The preset "${preset}" shrinks the images ${before} to ${height} × ${width}; write data.imageSize to have others.`,
  ];
}

function setAt(config: Config, path: Finding['path'], value: unknown): void {
  const around = valueAt(config, path.slice(0, -1)) as Record<string | number, unknown>;
  const key = path.at(-1)!;
  if (value === undefined) delete around[key];
  else around[key] = value;
}
