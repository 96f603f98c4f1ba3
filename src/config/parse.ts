/**
 * Text of a `*.nas.json` file to a checked config. Every issue says where it is (line, column, key), what is wrong,
 * and what would be right.
 */
import { distance } from 'fastest-levenshtein';
import {
  findNodeAtLocation,
  getNodeValue,
  parseTree,
  printParseErrorCode,
  type Node,
  type ParseError,
} from 'jsonc-parser';
import type { z } from 'zod';
import { UserError } from '../errors';
import { crossChecks } from './checks';
import { layOver, presets } from './presets';
import { configSchema, type Config } from './schema';

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

export type ParsedConfig =
  | { readonly config: Config; readonly issues: readonly [] }
  | { readonly config?: undefined; readonly issues: readonly ConfigIssue[] };

type Path = readonly (string | number)[];

/** `["space", "operations", 2]` as `space.operations[2]`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : i ? `.${String(key)}` : String(key)))
    .join('');
}

/** The known word nearest to what was written, if one is near enough to be meant. */
export function didYouMean(written: string, known: readonly string[]): string | undefined {
  const ranked = known.map((word) => ({ word, d: distance(written.toLowerCase(), word.toLowerCase()) }));
  ranked.sort((a, b) => a.d - b.d);
  const best = ranked[0];
  return best && best.d <= Math.max(2, Math.floor(best.word.length / 3)) ? best.word : undefined;
}

function suggestion(written: unknown, known: readonly string[]): string {
  const near = typeof written === 'string' ? didYouMean(written, known) : undefined;
  return near ? `Did you mean "${near}"?` : `Use one of: ${known.join(', ')}.`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      inner && typeof inner === 'object' ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}

/** Keys that the schema knows at a path, for suggestions. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  let schema: unknown = configSchema;
  for (const key of path) {
    schema = unwrap(schema);
    schema = (schema as { shape?: Record<PropertyKey, unknown> } | undefined)?.shape?.[key];
  }
  return Object.keys((unwrap(schema) as { shape?: object } | undefined)?.shape ?? {});
}

/** The object schema inside defaults and optionals. */
function unwrap(schema: unknown): unknown {
  let inner = schema as { def?: { innerType?: unknown } } | undefined;
  while (inner?.def?.innerType) inner = inner.def.innerType;
  return inner;
}

function describeValue(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return JSON.stringify(value) ?? 'nothing';
}

const typeNames: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'a text in quotes',
  boolean: 'true or false',
  array: 'a list in [ ]',
  object: 'an object in { }',
};

interface Finding {
  path: Path;
  message: string;
  hint?: string;
  /** Mark the key rather than the value. */
  atKey?: boolean;
}

/** A zod issue in the words of a person. */
function explain(issue: z.core.$ZodIssue, input: unknown): Finding[] {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
  const written = valueAt(input, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: `There is no key "${key}" here.`,
        hint: suggestion(key, knownKeys(path)),
        atKey: true,
      }));
    case 'invalid_value': {
      const known = issue.values.map(String);
      const message = `${describeValue(written)} is not a known value.`;
      return [{ path, message, hint: suggestion(written, known) }];
    }
    case 'invalid_type': {
      const expected = typeNames[issue.expected] ?? issue.expected;
      const message =
        written === undefined ? 'This key is missing.' : `${describeValue(written)} is of the wrong type.`;
      return [{ path, message, hint: `It has to be ${expected}.` }];
    }
    case 'too_small': {
      const than = issue.inclusive ? 'at least' : 'more than';
      const what = issue.origin === 'array' ? `${than} ${issue.minimum} entries` : `${than} ${issue.minimum}`;
      return [{ path, message: `${describeValue(written)} is too small.`, hint: `It has to be ${what}.` }];
    }
    case 'too_big': {
      const than = issue.inclusive ? 'at most' : 'less than';
      return [
        {
          path,
          message: `${describeValue(written)} is too large.`,
          hint: `It has to be ${than} ${issue.maximum}.`,
        },
      ];
    }
    default:
      return [{ path, message: issue.message }];
  }
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

/** Checks the text of a config file. Never throws: all that is wrong is in `issues`. */
export function parseConfig(text: string): ParsedConfig {
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

  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  if (errors.length > 0 || !root) {
    const broken = errors.length > 0 ? errors : [{ error: 0, offset: 0, length: 1 }];
    const issues = broken.map(({ error, offset, length }) => {
      const name = errors.length > 0 ? printParseErrorCode(error) : 'ValueExpected';
      const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
      const hint = 'Comments and trailing commas are fine, all else as in JSON.';
      return at('syntax', offset, length, { message: `This is not valid JSON: ${words}.`, hint }, []);
    });
    return { issues };
  }

  const written: unknown = getNodeValue(root);
  const preset = (written as { preset?: unknown } | null)?.preset;
  const base = preset === 'laptop' ? presets.laptop : presets.reference;
  const input = root.type === 'object' ? layOver(base, written) : written;
  const result = configSchema.safeParse(input);
  const findings: Finding[] = result.success
    ? crossChecks(result.data)
    : result.error.issues.flatMap((issue) => explain(issue, input));
  if (result.success && findings.length === 0) return { config: result.data, issues: [] };
  return {
    issues: findings.map((finding) => {
      const node = nodeAt(root, finding.path, finding.atKey ?? false);
      return at(
        result.success ? 'check' : 'schema',
        node?.offset ?? 0,
        node?.length ?? 1,
        finding,
        finding.path,
      );
    }),
  };
}

/** One issue as `file:line:column key: message hint`, the form that terminals make clickable. */
export function formatIssue(file: string, issue: ConfigIssue): string {
  const where = `${file}:${issue.line}:${issue.column}`;
  return [where, issue.path && `${issue.path}:`, issue.message, issue.hint].filter(Boolean).join(' ');
}

/** @throws UserError that lists every issue, code `config` */
export function requireConfig(text: string, file: string): Config {
  const parsed = parseConfig(text);
  if (parsed.config) return parsed.config;
  throw new UserError(parsed.issues.map((issue) => formatIssue(file, issue)).join('\n'), undefined, 'config');
}
