/** **Import Genotype**: a published text → one of its architectures → the network around it → place → genotype file, which opens. */
import * as vscode from 'vscode';
import { UserError } from '../../errors';
import type { NetworkChoice } from '../../exchange';
import { slug } from '../../generate/text';
import type { GenotypeFile } from '../../space/genotype';
import { toolName } from '../../version';
import { loadExchange } from '../exchange';
import { commands } from '../ids';
import { pickPlace } from '../place';
import type { Services } from '../services';
import { exists, writeThroughEditor } from '../textFile';

const title = 'Import Genotype';

interface Source {
  readonly text: string;
  /** For messages. */
  readonly called: string;
}

/** @throws UserError when there is no architecture in the text, or the file cannot be written */
export async function importGenotype({ log }: Services): Promise<void> {
  const source = await chooseSource();
  if (!source) return;
  const name = await chooseName(source);
  if (name === undefined) return;
  const { importPublished } = loadExchange();
  const read = (choice: NetworkChoice = {}): GenotypeFile =>
    importPublished(source.text, source.called, { name, tool: toolName, ...choice });
  const choice = await chooseNetwork(read());
  if (!choice) return;
  const file = read(choice);
  const fileName = `${slug(file.origin.name, '-')}.genotype.json`;
  const home = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  if (home === undefined) {
    throw new UserError('There is no folder for the genotype.', 'Open a folder first.');
  }
  const filters = { Genotype: ['json'] };
  const target = await pickPlace(home, { title, fileName, tellsReplaced: true, filters });
  if (!target) return;
  const there = await exists(target);
  const document = await writeThroughEditor(target, `${JSON.stringify(file, undefined, 2)}\n`, there);
  log.info(`Wrote ${target.fsPath}, imported from ${source.called}`);
  await vscode.window.showTextDocument(document);
  tell(target, file);
}

function tell(target: vscode.Uri, file: GenotypeFile): void {
  const generate = 'Generate Code';
  void vscode.window
    .showInformationMessage(`${file.origin.name}: ${loadExchange().sizeText(file)}.`, generate)
    .then((choice) => choice === generate && vscode.commands.executeCommand(commands.generateCode, target));
}

/** The selection, the document or the clipboard, whichever first has an architecture; else what is typed. */
async function chooseSource(): Promise<Source | undefined> {
  const editor = vscode.window.activeTextEditor;
  const sources = [
    ...(editor && !editor.selection.isEmpty
      ? [{ text: editor.document.getText(editor.selection), called: 'The selection' }]
      : []),
    ...(editor
      ? [{ text: editor.document.getText(), called: vscode.workspace.asRelativePath(editor.document.uri) }]
      : []),
    { text: await vscode.env.clipboard.readText(), called: 'The clipboard' },
  ];
  const found = sources.find(({ text }) => hasArchitecture(text));
  if (found) return found;
  const text = await vscode.window.showInputBox({
    ...{
      title,
      prompt: 'Genotype(…) of DARTS and its kin, a cell of NAS-Bench-201, settings of once-for-all',
    },
    placeHolder: '|nor_conv_3x3~0|+|none~0|skip_connect~1|+|…|',
    ignoreFocusOut: true,
  });
  return text === undefined ? undefined : { text, called: 'The text' };
}

/** Whether a text has one, even if it is wrong. */
function hasArchitecture(text: string): boolean {
  try {
    return loadExchange().publishedNames(text).length > 0;
  } catch {
    return true;
  }
}

async function chooseName({ text, called }: Source): Promise<string | undefined> {
  const names = [...new Set(loadExchange().publishedNames(text))];
  // What there is none of is said by who reads it.
  if (names.length < 2) return names[0] ?? '';
  return vscode.window.showQuickPick(names, { title, placeHolder: `Which architecture of ${called}?` });
}

/** As published, or in numbers of the person's own. */
async function chooseNetwork(file: GenotypeFile): Promise<NetworkChoice | undefined> {
  const published = { label: 'As Published', detail: loadExchange().networkText(file) };
  const own = { label: 'Other Numbers…', detail: 'Classes and images of your own; depth and width.' };
  const choice = await vscode.window.showQuickPick([published, own], {
    ...{ title, placeHolder: 'Which network around the architecture?' },
  });
  if (!choice) return undefined;
  return choice === published ? {} : askNetwork(file.network);
}

/** One line with all numbers, to be changed where they are to be others; undefined when it was given up. */
async function askNetwork(network: GenotypeFile['network']): Promise<NetworkChoice | undefined> {
  const { height, width, channels } = network.input;
  const stack = 'cells' in network ? network : undefined;
  const start = stack ? `${stack.cells} cells, ${stack.channels} channels, ` : '';
  const value = `${start}${network.classes} classes, images ${height}x${width}x${channels}`;
  // The same words with other numbers.
  const form = new RegExp(`^${value.replace(/\d+/g, '([1-9]\\d{0,4})').replace(/ /g, '\\s+')}$`);
  const text = await vscode.window.showInputBox({
    ...{ title, value, ignoreFocusOut: true },
    prompt: 'Images are height x width x channels',
    validateInput: (typed) => (form.test(typed.trim()) ? undefined : `Such as: ${value}`),
  });
  const match = text === undefined ? null : form.exec(text.trim());
  if (!match) return undefined;
  const numbers = match.slice(1).map(Number);
  const [classes, h, w, c] = numbers.slice(-4) as [number, number, number, number];
  const frame = { classes, image: { height: h, width: w, channels: c } };
  return stack ? { ...frame, cells: numbers[0]!, channels: numbers[1]! } : frame;
}
