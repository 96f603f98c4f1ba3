/**
 * Text of a `*.nas.json` file to a checked config. Every issue says where it is (line, column, key), what is wrong,
 * and what would be right.
 */
import {
  findNodeAtLocation,
  getNodeValue,
  parseTree,
  printParseErrorCode,
  type Node,
  type ParseError,
} from 'jsonc-parser';
import { UserError } from '../errors';
import { crossChecks } from './checks';
import { explain, type Finding } from './explain';
import { layOver, presetFor } from './presets';
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

type Path = Finding['path'];

/** `["space", "operations", 2]` as `space.operations[2]`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : i ? `.${String(key)}` : String(key)))
    .join('');
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
  const input = layOver(presetFor(written), written);
  const result = configSchema.safeParse(input);
  const findings: Finding[] = result.success
    ? crossChecks(result.data, written)
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
