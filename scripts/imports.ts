/** Who imports whom, read from the sources of a checkout: what the architecture test and `npm run map` are made from. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ts from 'typescript';

/** One import, export-from, or dynamic import. */
export interface Import {
  /** Path from the root, with its ending. */
  readonly file: string;
  /** Own files as paths from the root without ending; packages by their name. */
  readonly target: string;
  /** True when it vanishes at run time. */
  readonly typeOnly: boolean;
  /** True when it is asked for while the program runs. */
  readonly isDynamic: boolean;
}

/** TypeScript files below a folder of the root, as paths from the root; none where there is no such folder. */
export function sourceFiles(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => join(folder, name).split(sep).join('/'))
    .sort();
}

/** Whether an import or a re-export is of types alone. */
function vanishes(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  const clause = ts.isImportDeclaration(node) ? node.importClause : node;
  if (!clause || clause.isTypeOnly) return clause !== undefined;
  const named = ts.isImportClause(clause) ? clause.namedBindings : clause.exportClause;
  if (!named || (ts.isImportClause(clause) && clause.name)) return false;
  return 'elements' in named && named.elements.every(({ isTypeOnly }) => isTypeOnly);
}

/** Every import of a file, static and dynamic. */
export function importsOf(root: string, file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const found: Import[] = [];
  const add = (specifier: string, typeOnly: boolean, isDynamic: boolean): void => {
    const own = specifier.startsWith('.');
    const target = own ? relative(root, resolve(root, dirname(file), specifier)) : specifier;
    found.push({ file, target: target.split(sep).join('/'), typeOnly, isDynamic });
  };
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
      add((node.moduleSpecifier as ts.StringLiteral).text, vanishes(node), false);
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments;
      if (argument && ts.isStringLiteral(argument)) add(argument.text, false, true);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The file among `files` that a target names, with its ending or that of a folder's index; undefined for packages. */
export function fileOf(target: string, files: ReadonlySet<string>): string | undefined {
  return [`${target}.ts`, `${target}/index.ts`, target].find((own) => files.has(own));
}

/**
 * Sets of nodes that reach each other, largest first; a node by itself is none (Tarjan, 1972, by its two facts: reached
 * from and reaching). The graphs here have hundreds of nodes, so that plain reachability is fast enough.
 */
export function circlesOf(arrows: ReadonlyMap<string, readonly string[]>): string[][] {
  const reached = new Map<string, Set<string>>();
  for (const start of arrows.keys()) {
    const seen = new Set<string>();
    const next = [...(arrows.get(start) ?? [])];
    for (let node = next.pop(); node !== undefined; node = next.pop()) {
      if (seen.has(node)) continue;
      seen.add(node);
      next.push(...(arrows.get(node) ?? []));
    }
    reached.set(start, seen);
  }
  const placed = new Set<string>();
  const circles: string[][] = [];
  for (const [node, seen] of reached) {
    if (placed.has(node) || !seen.has(node)) continue;
    const circle = [...seen].filter((other) => reached.get(other)?.has(node));
    circle.forEach((member) => placed.add(member));
    circles.push(circle.sort());
  }
  return circles.sort((a, b) => b.length - a.length);
}
