/** Configs of trainings, made from those of searches. */
import { configSchema, type Config, type ConfigInput } from './schema';
import { isRecord } from './sections';

/** What is to be trained, and what of it differs from the config that it is made from. */
export interface TrainingChoice {
  readonly name: string;
  /** Path of its genotype file, as the config is to have it. */
  readonly architecture: string;
  readonly epochs?: number;
  readonly cells?: number;
  readonly channels?: number;
  /** Path of the weights to start from; new ones unless given. */
  readonly initialWeights?: string;
}

/**
 * The same training with all that long ones have beside gradient steps: the auxiliary classifier of DARTS (Liu et al., 2019), and
 * what has become common since. Cutout, drop-path and augmentation stay as they are: they depend on the data.
 */
export function withFullRecipe(config: Config): Config {
  const recipe = {
    warmupEpochs: Math.min(5, Math.floor(config.final.epochs / 20)),
    labelSmoothing: 0.1,
    auxiliaryWeight: 0.4,
    weightAverage: 0.995,
  };
  return { ...config, final: { ...config.final, ...recipe } };
}

/** What of a training stands above the config that it is made from. */
export function trainingKeys({
  name,
  architecture,
  epochs,
  cells,
  channels,
  initialWeights,
}: TrainingChoice): ConfigInput {
  const chosen = { epochs, cells, channels, initialWeights };
  const written = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined));
  return { name, architecture, final: { ...written, randomNetworks: 0 } };
}

/** What a run was made from, for another training: that starts from new weights, whatever this one started from. */
export function trainedAnew({ final, ...config }: Config): Config {
  const { initialWeights: _, ...rest } = final;
  return { ...config, final: rest };
}

/**
 * The text of a config that trains what was found with another one: its data, seed and final training, as far as they are not the
 * defaults.
 * @param config of the search, its paths where the new config will be
 * @param keys of `trainingKeys`
 */
export function trainingText(config: Config, keys: ConfigInput): string {
  const { seed, engine, score, data, final, output } = config;
  const defaults = configSchema.parse({ data: { set: data.set } });
  const { randomNetworks: _, ...chosen } = keys.final ?? {};
  const differing = without({ seed, engine, score, data, final, output }, defaults) as Partial<Config>;
  const { set } = data;
  const { epochs, cells, channels } = final;
  const written = {
    name: keys.name,
    architecture: keys.architecture,
    ...differing,
    data: { set, ...differing.data },
    // What a person changes first stands there even where it is a default.
    final: { epochs, cells, channels, ...differing.final, ...chosen, randomNetworks: undefined },
  };
  return `${JSON.stringify(written, undefined, 2)}\n`;
}

/** What of a value is another than the default; undefined where nothing is. */
function without(value: unknown, byDefault: unknown): unknown {
  if (!isRecord(value)) return JSON.stringify(value) === JSON.stringify(byDefault) ? undefined : value;
  const inside: Record<string, unknown> = isRecord(byDefault) ? byDefault : {};
  const entries = Object.entries(value).map(([key, own]) => [key, without(own, inside[key])] as const);
  const kept = entries.filter(([, own]) => own !== undefined);
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}
