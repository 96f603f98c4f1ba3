/**
 * Text of a `*.nas.json` file to a checked config. Every issue says where it is (line, column, key), what is wrong,
 * and what would be right.
 */
import { dirname, resolve } from 'node:path';
import {
  findNodeAtLocation,
  getNodeValue,
  parseTree,
  printParseErrorCode,
  type Node,
  type ParseError,
} from 'jsonc-parser';
import type * as z from 'zod';
import type { Finding } from '../describe';
import { UserError } from '../errors';
import type { DataFacts } from '../data/dataSet';
import { explain } from './explain';
import { fitConfig, readFiles, type FilesOfConfig } from './fit';
import { formatPath } from './formatPath';
import { mostCharacters, mostLevels, tooDeepAt } from './nesting';
import { layOver, presetFor } from './presets';
import { configSchema, type Config, type ConfigInput } from './schema';

export interface ConfigIssue {
  /** Broken JSON, a value that the schema does not allow, or keys that contradict each other. */
  readonly kind: 'syntax' | 'schema' | 'check';
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly offset: number;
  readonly length: number;
  /** Key path, e.g. `space.operations[2]`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
  /** What would be right. */
  readonly hint?: string;
}

/** A config that can run. */
export interface UsableConfig {
  readonly config: Config;
  /** Of the data before anything is fitted; undefined where files would have to be read that may not be. */
  readonly facts?: DataFacts;
  /** Which defaults gave way so that the config fits, as sentences. */
  readonly notices: readonly string[];
}

export type ParsedConfig =
  | (UsableConfig & { readonly issues: readonly [] })
  | {
      readonly config?: undefined;
      readonly facts?: undefined;
      readonly notices?: undefined;
      readonly issues: readonly ConfigIssue[];
    };

type Path = Finding['path'];

/** Issues of a text that are told: who mends the first of so many has seen what is wrong. */
const mostIssues = 50;

type Issue = z.core.$ZodIssue;

/** The first issues, each with no more unknown keys than are told: each is explained by what is near it. */
function firstOf(issues: readonly Issue[]): Issue[] {
  return issues
    .slice(0, mostIssues)
    .map((issue) =>
      issue.code === 'unrecognized_keys' ? { ...issue, keys: issue.keys.slice(0, mostIssues) } : issue,
    );
}

/** Turns offsets into lines and columns of one text. */
function locate(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - before.lastIndexOf('\n') };
}

/** The node at a path or, where the file does not have it, the nearest one around it. */
function nodeAt(root: Node | undefined, path: Path, atKey: boolean): Node | undefined {
  for (let length = path.length; root && length >= 0; length--) {
    const node = findNodeAtLocation(root, path.slice(0, length));
    if (!node) continue;
    const key = node.parent?.type === 'property' ? node.parent.children?.[0] : undefined;
    return (atKey || length < path.length) && key ? key : node;
  }
  return root;
}

/** A text that may be a config, before its keys are held against each other and the data. */
interface Checked {
  readonly written: unknown;
  /** Undefined where the schema does not allow what is written. */
  readonly config?: Config;
  readonly findings: readonly Finding[];
  issueOf(kind: ConfigIssue['kind'], finding: Finding): ConfigIssue;
}

/**
 * @param above keys that count instead of those of the text
 * @returns the issues of a text that is no JSON
 */
function check(text: string, above?: ConfigInput): Checked | readonly ConfigIssue[] {
  const at = (
    kind: ConfigIssue['kind'],
    offset: number,
    length: number,
    finding: Omit<Finding, 'path'>,
    path: Path,
  ): ConfigIssue => ({
    kind,
    ...locate(text, offset),
    offset,
    length: Math.max(1, length),
    path: formatPath(path),
    message: finding.message,
    hint: finding.hint,
  });

  if (text.length > mostCharacters) {
    const message = `This is too long for a config: ${text.length.toLocaleString('en-US')} characters.`;
    const hint = `At most ${mostCharacters.toLocaleString('en-US')} are read. Data belongs into files that the config names.`;
    return [at('syntax', 0, 1, { message, hint }, [])];
  }
  const deep = tooDeepAt(text);
  if (deep !== undefined) {
    const message = `This is nested deeper than ${mostLevels} levels.`;
    return [at('syntax', deep, 1, { message, hint: 'No key of a config is that deep.' }, [])];
  }
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  if (errors.length > 0 || !root) {
    const broken = errors.length > 0 ? errors : [{ error: 0, offset: 0, length: 1 }];
    return broken.slice(0, mostIssues).map(({ error, offset, length }) => {
      const name = errors.length > 0 ? printParseErrorCode(error) : 'ValueExpected';
      const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
      const hint = 'Comments and trailing commas are fine, all else as in JSON.';
      return at('syntax', offset, length, { message: `This is not valid JSON: ${words}.`, hint }, []);
    });
  }

  const written = layOver(getNodeValue(root), above);
  const input = layOver(presetFor(written), written);
  const result = configSchema.safeParse(input);
  return {
    written,
    config: result.data,
    findings: firstOf(result.error?.issues ?? [])
      .flatMap((issue) => explain(issue, input))
      .slice(0, mostIssues),
    issueOf: (kind, finding) => {
      const node = nodeAt(root, finding.path, finding.atKey ?? false);
      return at(kind, node?.offset ?? 0, node?.length ?? 1, finding, finding.path);
    },
  };
}

/** @param read what its files say; undefined where they are not read */
function fit(
  { config: allowed, written, findings: wrong, issueOf }: Checked,
  read?: FilesOfConfig,
): ParsedConfig {
  if (!allowed) return { issues: wrong.map((finding) => issueOf('schema', finding)) };
  const { findings, config, facts, notices } = fitConfig(allowed, written, read);
  if (findings.length > 0) return { issues: findings.map((finding) => issueOf('check', finding)) };
  return { config, facts, notices, issues: [] };
}

/**
 * Checks the text of a config file; no other file is read. Never throws: all that is wrong is in `issues`.
 * @param above keys that count instead of those of the text
 */
export function parseConfig(text: string, above?: ConfigInput): ParsedConfig {
  const checked = check(text, above);
  return 'written' in checked ? fit(checked) : { issues: checked };
}

/**
 * Checks the text of a config file, as `parseConfig` does, and reads in the files that it names whether all fits.
 * @param folder of the file
 * @param above keys that count instead of those of the text
 */
export async function parseWithFiles(
  text: string,
  folder: string,
  above?: ConfigInput,
): Promise<ParsedConfig> {
  const checked = check(text, above);
  if (!('written' in checked)) return { issues: checked };
  return fit(checked, checked.config && (await readFiles(checked.config, folder)));
}

/** One issue as `file:line:column key: message hint`, the form that terminals make clickable. */
export function formatIssue(file: string, issue: ConfigIssue): string {
  const where = `${file}:${issue.line}:${issue.column}`;
  return [where, issue.path && `${issue.path}:`, issue.message, issue.hint].filter(Boolean).join(' ');
}

/**
 * The config in a file, fitted to its data.
 * @param file path, absolute or from the working folder
 * @param above keys that count instead of those of the text
 * @throws UserError that lists every issue, code `config`
 */
export async function requireFit(
  text: string,
  file: string,
  above?: ConfigInput,
): Promise<UsableConfig & { readonly facts: DataFacts }> {
  const parsed = await parseWithFiles(text, dirname(resolve(file)), above);
  if (parsed.config) return { ...parsed, facts: parsed.facts! };
  throw new UserError(parsed.issues.map((issue) => formatIssue(file, issue)).join('\n'), undefined, 'config');
}

/**
 * The config in a file alone, as `requireFit` gives it.
 * @throws UserError that lists every issue, code `config`
 */
export async function requireConfig(text: string, file: string): Promise<Config> {
  return (await requireFit(text, file)).config;
}
