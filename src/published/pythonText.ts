/** Calls and literals in Python text, as far as genotypes are written with them. Nothing is executed. */
import { parser } from '@lezer/python';

type SyntaxNode = ReturnType<typeof parser.parse>['topNode'];

/** Lists and tuples are arrays, `None` is null, a dictionary with text keys is a map. */
export type PythonValue = number | string | null | readonly PythonValue[] | ReadonlyMap<string, PythonValue>;

export interface PythonCall {
  /** What is called, e.g. `genotypes.Genotype`. */
  readonly callee: string;
  /** The variable that gets the result, where there is one. */
  readonly target: string | undefined;
  /** From 1. */
  readonly line: number;
  /** @throws PythonError for what is no literal */
  keywords(): ReadonlyMap<string, PythonValue>;
  /** @throws PythonError for what is no literal */
  positional(): readonly PythonValue[];
}

/** What cannot be read, and in which line, counted from 1. */
export class PythonError extends Error {
  constructor(
    readonly what: string,
    readonly line: number,
  ) {
    super(`line ${line}: ${what}`);
  }
}

class Reader {
  constructor(private readonly source: string) {}

  text({ from, to }: SyntaxNode): string {
    return this.source.slice(from, to);
  }

  line({ from }: SyntaxNode): number {
    return this.source.slice(0, from).split('\n').length;
  }

  value(node: SyntaxNode): PythonValue {
    switch (node.name) {
      case 'Number':
        return Number(this.text(node).replaceAll('_', ''));
      case 'UnaryExpression':
        return -this.number(node.lastChild!);
      case 'String':
        return /^[^'"]*('''|"""|'|")([^]*)\1$/.exec(this.text(node))?.[2] ?? '';
      case 'None':
        return null;
      case 'VariableName':
        // As JSON writes it.
        if (this.text(node) === 'null') return null;
        break;
      case 'ParenthesizedExpression':
        return this.value(items(node)[0]!);
      case 'ArrayExpression':
      case 'TupleExpression':
        return items(node).map((item) => this.value(item));
      case 'DictionaryExpression':
        return this.dictionary(node);
      case 'CallExpression':
        if (this.text(node.firstChild!) === 'range') return this.range(node);
        // `list(range(2, 6))` and `tuple(…)` are what they are made of.
        if (/^(list|tuple)$/.test(this.text(node.firstChild!))) {
          return this.value(items(node.getChild('ArgList')!)[0] ?? node);
        }
    }
    throw new PythonError(`${JSON.stringify(this.text(node))} is no list, number or text`, this.line(node));
  }

  keywords(call: SyntaxNode): Map<string, PythonValue> {
    const found = new Map<string, PythonValue>();
    for (const name of call.getChild('ArgList')!.getChildren('VariableName')) {
      const value = name.nextSibling?.name === 'AssignOp' ? name.nextSibling.nextSibling : undefined;
      if (value) found.set(this.text(name), this.value(value));
    }
    return found;
  }

  positional(call: SyntaxNode): PythonValue[] {
    const nodes = items(call.getChild('ArgList')!);
    return nodes
      .filter((node) => node.nextSibling?.name !== 'AssignOp' && node.prevSibling?.name !== 'AssignOp')
      .map((node) => this.value(node));
  }

  private number(node: SyntaxNode): number {
    const value = this.value(node);
    if (typeof value === 'number') return value;
    throw new PythonError(`${JSON.stringify(this.text(node))} is no number`, this.line(node));
  }

  private range(call: SyntaxNode): number[] {
    const bounds = items(call.getChild('ArgList')!).map((node) => this.number(node));
    const [first, end] = bounds.length === 1 ? [0, bounds[0]!] : (bounds as [number, number]);
    const length = end - first;
    if (bounds.length < 1 || bounds.length > 2 || !(length >= 0 && length <= 100)) {
      throw new PythonError(`${this.text(call)} is no range of up to 100 numbers`, this.line(call));
    }
    return Array.from({ length }, (_, i) => first + i);
  }

  private dictionary(node: SyntaxNode): Map<string, PythonValue> {
    const nodes = items(node);
    const entries = new Map<string, PythonValue>();
    for (let i = 0; i + 1 < nodes.length; i += 2) {
      const key = this.value(nodes[i]!);
      if (typeof key === 'string') entries.set(key, this.value(nodes[i + 1]!));
    }
    return entries;
  }
}

/** Children that are no signs. */
function items(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (/^[A-Za-z]/.test(child.name) && child.name !== 'AssignOp' && child.name !== 'Comment')
      found.push(child);
  }
  return found;
}

/** All calls in a text, in their order. */
export function pythonCalls(source: string): PythonCall[] {
  const reader = new Reader(source);
  const calls: PythonCall[] = [];
  parser.parse(source).iterate({
    enter({ name, node }) {
      if (name !== 'CallExpression') return;
      const { parent } = node;
      const assigned = parent?.name === 'AssignStatement' ? parent.getChild('VariableName') : undefined;
      calls.push({
        callee: reader.text(node.firstChild!),
        target: assigned ? reader.text(assigned) : undefined,
        line: reader.line(node),
        keywords: () => reader.keywords(node),
        positional: () => reader.positional(node),
      });
    },
  });
  return calls;
}

/** Variables that are set to another one, `A = B`, with its name, in their order. */
export function pythonAliases(source: string): (readonly [name: string, of: string])[] {
  const reader = new Reader(source);
  const aliases: (readonly [string, string])[] = [];
  parser.parse(source).iterate({
    enter({ name, node }) {
      if (name !== 'AssignStatement') return;
      const names = node.getChildren('VariableName');
      if (names.length === 2 && items(node).length === 2)
        aliases.push([reader.text(names[0]!), reader.text(names[1]!)]);
    },
  });
  return aliases;
}

/** The dictionaries that are not inside of another; JSON objects are such, too. @throws PythonError for what is no literal */
export function pythonDictionaries(source: string): ReadonlyMap<string, PythonValue>[] {
  const reader = new Reader(source);
  const found: ReadonlyMap<string, PythonValue>[] = [];
  parser.parse(source).iterate({
    enter({ name, node }) {
      if (name !== 'DictionaryExpression') return true;
      found.push(reader.value(node) as ReadonlyMap<string, PythonValue>);
      return false;
    },
  });
  return found;
}
