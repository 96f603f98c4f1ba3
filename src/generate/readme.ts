/** A README of generated code: the architecture as a drawing, what its layers compute, what it costs, how it is used, where it comes from. */
import type { Drawing, DrawnCell, DrawnKind } from '../space/drawing';
import type { GenotypeFile } from '../space/genotype';
import { normalizationOf } from '../space/genotype';
import { operations as registry } from '../space/operations';
import { entryOf } from '../space/registry';
import { describeNetwork } from './describe';
import type { Language } from './language';
import { plainLine, slug } from './text';

/** What of a text Markdown or HTML would take for its own. */
function escaped(text: string, limit?: number): string {
  return plainLine(text, limit).replace(/[\\`*_[\]<>#|~$&]/g, '\\$&');
}

const cellTitles: Readonly<Record<DrawnKind, string>> = {
  normal: 'Normal cell',
  reduction: 'Reduction cell, which halves height and width',
  only: 'The cell',
};

/** A cell as a graph of Mermaid, which GitHub and editors draw: operations on the arrows, sums in the nodes. */
function cellGraph({ nodes, concat, inputs = 2 }: DrawnCell): string {
  const name = (state: number): string => (state < inputs ? `in${state}` : `n${state}`);
  const lines = [
    'flowchart LR',
    ...Array.from({ length: inputs }, (_, i) => `  in${i}(["input ${i}"])`),
    ...nodes.map((_, i) => `  n${inputs + i}((${inputs + i}))`),
    '  out(["output"])',
    ...nodes.flatMap((edges, i) =>
      edges.map(({ operation, input }) => `  ${name(input)} -- ${operation} --> n${inputs + i}`),
    ),
    ...(concat ?? [inputs + nodes.length - 1]).map((state) => `  ${name(state)} --> out`),
  ];
  return ['```mermaid', ...lines, '```'].join('\n');
}

function drawn(drawing: Drawing): string[] {
  switch (drawing.kind) {
    case 'cells':
      return (Object.entries(drawing.cells) as [DrawnKind, DrawnCell][]).flatMap(([kind, cell]) => [
        `### ${cellTitles[kind]}`,
        cellGraph(cell),
        outputSentence(cell),
      ]);
    case 'layers':
      return [
        `${drawing.layers.length} layers, ${drawing.note}:`,
        table(
          ['Layer', 'Operation', 'Channels', 'Stride'],
          drawing.layers.map(({ operation, channels, stride }, i) => [
            ...[String(i), operation, String(channels), String(stride)],
          ]),
        ),
      ];
    case 'table':
      return [
        table(
          drawing.columns.map(({ title }) => title),
          drawing.rows,
        ),
      ];
  }
}

function outputSentence({ concat, inputs = 2 }: DrawnCell): string {
  const read =
    inputs === 2
      ? 'Inputs 0 and 1 are the outputs of the two cells before it, 0 the older one.'
      : 'Input 0 is the output of the cell before it.';
  const output = concat
    ? 'The output is what leads into it, concatenated along the channels.'
    : 'The last node is the output.';
  return `${read} A node is the sum of its arrows: of each, the operation applied to where it starts. ${output}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => escaped(cell, 200)).join(' | ')} |`;
  return [line(head), `|${head.map(() => ' --- |').join('')}`, ...rows.map(line)].join('\n');
}

/** The operations of an architecture in words, each once. */
function operationWords(file: GenotypeFile): string[] {
  const text = JSON.stringify(file.genotype);
  const used = registry.filter(({ name }) => text.includes(`"${name}"`));
  return used.length === 0
    ? []
    : [
        '## What the operations compute',
        table(
          ['Operation', ''],
          used.map(({ name, description }) => [name, description]),
        ),
      ];
}

function numbers(values: readonly number[]): string {
  return values.map((value) => String(Number(value.toPrecision(4)))).join(', ');
}

/** The file's name, beside the code. */
export function readmeName({ origin }: GenotypeFile): string {
  return `${slug(origin.name, '-')}.md`;
}

/**
 * @param codeName file of the code
 * @param withWeights the code has trained weights and classifies pictures
 */
export function readme(
  file: GenotypeFile,
  language: Language,
  codeName: string,
  withWeights: boolean,
): string {
  const { cost, functionalCost } = describeNetwork(file);
  const { network, origin, classNames } = file;
  const { parameters, flops } = language.functional ? functionalCost : cost;
  const { height, width, channels } = network.input;
  const { mean, deviation } = normalizationOf(file);
  const grouped = (value: number): string => value.toLocaleString('en-US');
  const from =
    origin.runId === ''
      ? []
      : [
          ['Run', origin.runId],
          ['Seed', String(origin.seed)],
        ];
  const sections = [
    `# ${escaped(origin.name) || 'Network'}`,
    `An image classifier found by neural architecture search; its code is \`${codeName}\`, for ${language.title}.`,
    '## Architecture',
    ...drawn(entryOf(file.genotype).drawing(file.genotype)),
    ...operationWords(file),
    '## Input and output',
    `Images of ${height} × ${width} pixels with ${channels} ${channels === 1 ? 'channel' : 'channels'} become ${network.classes} logits; the softmax of them is a probability for each class. A pixel from 0 to 255 comes to the network as (pixel / 255 − mean) / deviation, channel by channel: mean ${numbers(mean)}, deviation ${numbers(deviation)}.`,
    ...(classNames
      ? [`Classes, in their order: ${classNames.map((name) => escaped(name)).join(', ')}.`]
      : []),
    '## Costs',
    table(
      ['', ''],
      [
        ['Parameters', grouped(parameters)],
        ['Multiply–accumulates for one image', grouped(flops)],
        ['Weights in float32', `${((parameters * 4) / 1e6).toPrecision(3)} MB`],
      ],
    ),
    ...(withWeights
      ? [
          '## Use',
          ['```sh', `python ${codeName} PICTURE…`, '```'].join('\n'),
          'prints the five likeliest classes of each picture.',
        ]
      : []),
    '## Origin',
    table(
      ['', ''],
      [
        [origin.runId === '' ? 'Origin' : 'Found by', origin.strategy],
        ['Data', origin.data],
        ...from,
        ['Date', origin.createdAt],
        ['Written by', origin.tool],
      ],
    ),
  ];
  return `${sections.join('\n\n')}\n`;
}
