/** **Train Architecture**: genotype → whose data → how → a run under way, or a config of it in an editor. */
import { dirname, relative } from 'node:path';
import * as vscode from 'vscode';
import { formatIssue, parseConfig, requireFit } from '../../config/parse';
import { movedPaths } from '../../config/paths';
import type { Config, ConfigInput } from '../../config/schema';
import {
  trainedAnew,
  trainingKeys,
  trainingText,
  withFullRecipe,
  type TrainingChoice,
} from '../../config/trainingConfig';
import { UserError } from '../../errors';
import { slug } from '../../generate/text';
import { RunFolder } from '../../runs/runFolder';
import type { GenotypeFile } from '../../space/genotype';
import { currentText, findConfigs, pickConfig } from '../config/find';
import { readGenotype } from '../generate/generateCode';
import { chooseGenotype } from '../generate/source';
import { configSuffix } from '../ids';
import { pickPlace } from '../place';
import { remember, rememberedFirst, type RememberedItem } from '../remembered';
import { confirmOutside, refuseSecond, requireTrust } from '../run/refuse';
import { startConfig } from '../run/runNas';
import type { Services } from '../services';
import { exists, writeThroughEditor } from '../textFile';

const title = 'Train Architecture';
/** How many times as many epochs the longer training has. */
const longer = 10;

/** Where the data and the final training come from. */
interface Base {
  /** As it is in its file, or in the run folder. */
  readonly text: string;
  /** Where relative paths start, and what errors name. */
  readonly file: string;
  /** Of which the architecture is. */
  readonly run?: RunFolder;
}

type Way = 'configured' | 'on' | 'longer' | 'change';

/** @throws UserError when there is no genotype, or its training does not fit the data */
export async function trainArchitecture(services: Services, named: vscode.Uri | undefined): Promise<void> {
  const { runs, context } = services;
  if (!(await requireTrust()) || (await refuseSecond(services))) return;
  const path = await chooseGenotype(runs, named);
  if (path === undefined) return;
  // Before anything is asked, so that nobody answers questions for nothing.
  const file = await readGenotype(path);
  const base = await chooseBase(path);
  if (!base) return;
  // Not even the headers of data files are read before the question is answered.
  const plain = keysOf(path, file, base);
  if (!(await confirmOutside(unread(base, plain), dirname(base.file)))) return;
  const configured = await requireFit(base.text, base.file, plain);
  const ways = rememberedFirst(context.workspaceState, 'train', waysOf(configured.config, base));
  const way = await vscode.window.showQuickPick(ways, {
    ...{ title, placeHolder: `How is ${file.origin.name} trained?`, matchOnDetail: true },
  });
  await remember(context.workspaceState, 'train', way?.id);
  if (!way) return;
  const chosen = more(way.id, configured.config, base);
  const { final } = configured.config;
  const training = { ...configured.config, final: { ...final, ...chosen } };
  const isFull = way.id === 'longer' || way.id === 'change';
  const config = isFull ? withFullRecipe(training) : training;
  if (way.id === 'change') return openConfig(config, keysOf(path, file, base, chosen), base);
  if (await refuseSecond(services)) return;
  await startConfig(services, { ...configured, config }, base.file);
}

/** The run that left the genotype, else a config of the workspace. */
async function chooseBase(genotypePath: string): Promise<Base | undefined> {
  const run = RunFolder.around(genotypePath);
  if (run) {
    run.requireFiles();
    return { text: JSON.stringify(trainedAnew(run.run.config)), file: run.run.configFile, run };
  }
  if ((await findConfigs()).length === 0) {
    throw new UserError(
      'There is no config in this workspace whose data the architecture could be trained on.',
      'Make one first: NAS: New Search Config.',
    );
  }
  const uri = await pickConfig(title, 'On the data of which config?');
  return uri && { text: await currentText(uri), file: uri.fsPath };
}

/** The config of the training by itself. @throws UserError that lists what is wrong with it */
function unread({ text, file }: Base, keys: ConfigInput): Config {
  const { config, issues } = parseConfig(text, keys);
  if (config) return config;
  throw new UserError(issues.map((issue) => formatIssue(file, issue)).join('\n'), undefined, 'config');
}

function keysOf(
  path: string,
  { origin }: GenotypeFile,
  base: Base,
  chosen: Partial<TrainingChoice> = {},
): ConfigInput {
  const architecture = relative(dirname(base.file), path);
  return trainingKeys({ name: `${origin.name} training`, architecture, ...chosen });
}

/** What of the training is not as its config says. */
function more(
  way: Way,
  { final }: Config,
  { file, run }: Base,
): Pick<TrainingChoice, 'epochs' | 'initialWeights'> {
  if (way === 'configured') return {};
  if (way === 'on') return { initialWeights: run && relative(dirname(file), run.weightsPath) };
  return { epochs: longer * final.epochs };
}

function waysOf({ final }: Config, { run }: Base): (RememberedItem & { readonly id: Way })[] {
  const { epochs } = final;
  const count = (n: number): string => `${n.toLocaleString('en-US')} ${n === 1 ? 'epoch' : 'epochs'}`;
  return [
    {
      ...{ id: 'longer', label: 'Longer, With the Full Recipe' },
      detail: `${count(longer * epochs)} with warm-up, label smoothing, an auxiliary classifier and averaged weights`,
    },
    {
      ...{ id: 'configured', label: run ? 'As Its Run Would' : 'As the Config Says' },
      detail: `${count(epochs)}, from new weights`,
    },
    ...(run && !run.weightsLack
      ? [
          {
            ...{ id: 'on' as const, label: 'Train On' },
            detail: `${count(epochs)} more, from the weights of the run`,
          },
        ]
      : []),
    {
      ...{ id: 'change', label: '$(edit) Change the Config First…' },
      detail: 'Cells, channels, epochs and all else in a config of its own, which Run NAS starts',
    },
  ];
}

async function openConfig(config: Config, keys: ConfigInput, base: Base): Promise<void> {
  const fileName = `${slug(config.name ?? 'training', '-')}${configSuffix}`;
  const target = await pickPlace(dirname(base.file), {
    ...{ title, fileName, tellsReplaced: true },
    filters: { 'NAS config': ['nas.json'] },
  });
  if (!target) return;
  const architecture = keys.architecture as string;
  const moved = movedPaths({ ...config, architecture }, dirname(base.file), dirname(target.fsPath));
  const text = trainingText(moved, { ...keys, architecture: moved.architecture });
  const document = await writeThroughEditor(target, text, await exists(target));
  await vscode.window.showTextDocument(document, { preview: false });
}
