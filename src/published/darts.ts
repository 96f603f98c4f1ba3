/**
 * `Genotype(normal=…, normal_concat=…, reduce=…, reduce_concat=…)`: the named tuple of DARTS (Liu et al., 2019), in which P-DARTS,
 * PC-DARTS and many others publish, NASNet-A and AmoebaNet-A among them. Nodes have two edges each, or are lists of edges.
 */
import { UserError } from '../errors';
import type { CellGenotype } from '../space/cell/genotype';
import type { PublishedForm } from './form';
import { pythonAliases, PythonError, pythonCalls, type PythonCall, type PythonValue } from './pythonText';

const fields = ['normal', 'normal_concat', 'reduce', 'reduce_concat'] as const;

/** Of the evaluation on CIFAR-10 (section 3.3). */
const network = {
  input: { height: 32, width: 32, channels: 3 },
  ...{ classes: 10, cells: 20, channels: 36, stemMultiplier: 3 },
};

function isEdge(value: PythonValue): value is readonly [string, number] {
  return Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'number';
}

/** @param field for messages */
function nodesOf(value: PythonValue, field: string): CellGenotype['nodes'] {
  const list: readonly PythonValue[] = Array.isArray(value) ? value : [];
  const edge = ([operation, input]: readonly [string, number]) => ({ operation, input });
  if (list.length > 0 && list.every(isEdge)) {
    if (list.length % 2 === 1) {
      throw new UserError(
        `"${field}" has ${list.length} edges, and nodes have two each.`,
        'Write nodes that have others as lists of their edges.',
      );
    }
    return Array.from({ length: list.length / 2 }, (_, i) => [edge(list[2 * i]!), edge(list[2 * i + 1]!)]);
  }
  const nodes = list.map((node) =>
    Array.isArray(node) && node.every(isEdge) ? (node as readonly (readonly [string, number])[]) : undefined,
  );
  if (nodes.length === 0 || nodes.includes(undefined)) {
    throw new UserError(
      `"${field}" is no list of edges.`,
      "An edge is an operation and what it reads: ('sep_conv_3x3', 1).",
    );
  }
  return nodes.map((edges) => edges!.map(edge));
}

function architectureOf(call: PythonCall) {
  const values = new Map<string, PythonValue>(call.keywords());
  call.positional().forEach((value, i) => fields[i] && values.set(fields[i], value));
  const missing = fields.filter((field) => !values.has(field));
  if (missing.length > 0) {
    throw new UserError(
      `The Genotype in line ${call.line} has no ${missing.join(', ')}.`,
      `It has four fields: ${fields.join(', ')}.`,
    );
  }
  const cell = (kind: 'normal' | 'reduce') => ({
    nodes: nodesOf(values.get(kind)!, kind),
    concat: values.get(`${kind}_concat`),
  });
  return {
    ...(call.target !== undefined && { name: call.target }),
    genotype: { space: 'cell', normal: cell('normal'), reduction: cell('reduce') },
    network,
  };
}

function written({ nodes, concat }: CellGenotype, kind: string): string {
  const edges = nodes.map((node) => node.map(({ operation, input }) => `('${operation}', ${input})`));
  const isPaired = edges.every(({ length }) => length === 2);
  const list = isPaired ? edges.flat() : edges.map((node) => `[${node.join(', ')}]`);
  return `${kind}=[${list.join(', ')}], ${kind}_concat=[${concat.join(', ')}]`;
}

export const darts: PublishedForm = {
  title: 'Genotype(normal=…, normal_concat=…, reduce=…, reduce_concat=…) of DARTS and its kin',
  read(text) {
    const calls = pythonCalls(text).filter(({ callee }) => /(^|\.)Genotype$/.test(callee));
    const read = calls.map((call) => {
      try {
        return architectureOf(call);
      } catch (error) {
        if (!(error instanceof PythonError)) throw error;
        throw new UserError(
          `The Genotype in line ${call.line} cannot be read: ${error.what} (line ${error.line}).`,
          'Only texts, numbers, lists and range(…) are read; nothing is executed.',
        );
      }
    });
    // `DARTS = DARTS_V2` is another name of the same.
    for (const [name, of] of pythonAliases(text)) {
      const named = read.findLast((each) => each.name === of);
      if (named) read.push({ ...named, name });
    }
    return read;
  },
  write(genotype, name) {
    if (genotype.space !== 'cell') return undefined;
    return `${name} = Genotype(${written(genotype.normal, 'normal')}, ${written(genotype.reduction, 'reduce')})`;
  },
};
