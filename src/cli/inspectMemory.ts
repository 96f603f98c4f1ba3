/** Part of `nas inspect`: the memory that a run will take, and that the forms of weight sharing would take. */
import type { Config } from '../config/schema';
import type { DataFacts } from '../data/dataSet';
import { formatBytes, formatCount } from '../format';
import { forecastMemory, mostMemory, type MemoryForecast } from '../study/memory';
import { farBeyond, machineMemory } from '../study/memoryCheck';
import { forecastForm, supernetForms, type FormForecast } from '../study/supernetForms';
import { gradientMethodOf } from '../job/plan';
import type { NetworkFrame } from '../space/frame';
import type { SearchSpace } from '../space/searchSpace';
import { defaultThreads } from '../threads';
import { grid, table, type Report, type Row } from './report';

/** Whether a config takes so much memory that a forecast would take minutes, and nobody needs it. */
export function isFarTooLarge(
  config: Config,
  space: SearchSpace,
  facts: DataFacts,
  frame: NetworkFrame,
): boolean {
  const options = { config, space, facts, input: frame, engine: 'fused', threads: 1 } as const;
  return mostMemory(options) > farBeyond * machineMemory().total;
}

export function inspectMemory(
  config: Config,
  space: SearchSpace,
  facts: DataFacts,
  frame: NetworkFrame,
): Report {
  // What `auto` takes but where the fused engine has no kernels, or loses its race.
  const engine = config.engine === 'auto' ? 'fused' : config.engine;
  const threads = defaultThreads();
  if (isFarTooLarge(config, space, facts, frame)) {
    const far = `many times that of this machine, which has ${formatBytes(machineMemory().total)}`;
    return { values: { memory: { engine, threads } }, lines: table([['Peak memory', far]]) };
  }
  const memory = forecastMemory({ config, space, facts, input: frame, engine, threads });
  return {
    values: { memory: { engine, threads, ...memory } },
    lines: table(memoryRows(config, memory, `${engine}, ${threads} threads`)),
  };
}

function memoryRows({ training, final }: Config, memory: MemoryForecast | undefined, around: string): Row[] {
  if (!memory) return [['Peak memory', 'unknown: the reference computes the networks']];
  const rows: Row[] = [
    ['Peak memory', `about ${formatBytes(memory.peak)}`],
    ...(memory.search > 0
      ? [['  search', `${formatBytes(memory.search)} at batch ${training.batchSize}`] as Row]
      : []),
  ];
  if (memory.training !== undefined) {
    const most = `about ${formatBytes(memory.training)} at batch ${final.batchSize}`;
    const found = `up to ${most}, depending on what is found`;
    rows.push(['  final training', memory.search > 0 ? found : most]);
  }
  rows.push(['  around both', `${formatBytes(memory.process)}: ${around}, data`]);
  return rows;
}

/** What the supernet of the space takes in each form of weight sharing, whichever the config uses. */
export function inspectForms(config: Config, space: SearchSpace, frame: NetworkFrame): Report {
  const { training, seed } = config;
  const { partialChannels = 1 } = gradientMethodOf(config) ?? {};
  const forms = supernetForms(space, frame, { seed, ...(partialChannels > 1 && { partialChannels }) }).map(
    (form) => forecastForm(form, training.batchSize, defaultThreads()),
  );
  const base = forms.find(({ name }) => name === 'one-each');
  if (!base) return { values: {}, lines: [] };
  const times = (value: number, of: number): string => `${(value / of).toFixed(1)}×`;
  const row = ({ title, activations, memory, stepWork }: FormForecast): string[] => [
    title,
    `${formatCount(activations)} ${times(activations, base.activations)}`,
    memory && base.memory
      ? `${formatBytes(memory.ofStep)} ${times(memory.ofStep, base.memory.ofStep)}`
      : 'unknown',
    `${(stepWork / 1e9).toPrecision(3)} ${times(stepWork, base.stepWork)}`,
  ];
  return {
    values: { forms },
    lines: [
      `Forms of weight sharing at batch ${training.batchSize}, beside one operation on each edge`,
      ...grid([
        ['', 'activations of an image', 'memory of a step', '10^9 multiply–accumulates'],
        ...forms.map(row),
      ]).map((line) => `  ${line}`.trimEnd()),
    ],
  };
}
