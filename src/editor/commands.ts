/** The commands of the palette. Each loads its code when it is first called, so that starting the editor costs nothing. */
import * as vscode from 'vscode';
import { describeError } from '../errors';
import { commands } from './ids';
import type { Services } from './services';

type Handler = (argument: unknown, more?: unknown) => Promise<void> | void;

/** A command can be called with anything; only a Uri is of use. */
function asUri(argument: unknown): vscode.Uri | undefined {
  return argument instanceof vscode.Uri ? argument : undefined;
}

function handlers(services: Services): Record<keyof typeof commands, Handler> {
  const { log, runs } = services;
  return {
    run: async (uri) => (await import('./run/runNas')).runNas(services, asUri(uri)),
    stop: async () => runs.current?.stop(),
    pause: () => runs.current?.pause(),
    resume: async (folder) => (await import('./run/resume')).resume(services, asUri(folder)),
    openDashboard: async (runId) =>
      (await services.dashboards()).choose(typeof runId === 'string' ? runId : undefined),
    generateCode: async (uri, from) =>
      (await import('./generate/generateCode')).generateCode(services, asUri(uri), from),
    trainArchitecture: async (uri) =>
      (await import('./train/trainArchitecture')).trainArchitecture(services, asUri(uri)),
    exportNetwork: async (uri) =>
      (await import('./export/exportNetwork')).exportNetwork(services, asUri(uri)),
    importGenotype: async () => (await import('./genotype/importGenotype')).importGenotype(services),
    copyText: async (uri) => (await import('./genotype/copyText')).copyText(services, asUri(uri)),
    drawGenotype: async (uri) => (await import('./genotype/drawn')).drawGenotype(asUri(uri)),
    newConfig: async (folder) => (await import('./config/newConfig')).newConfig(services, asUri(folder)),
    lookAtData: async (uri) => (await services.dataPanels()).look(asUri(uri)),
    setUpNative: async () => (await import('./setUpNative')).setUpNative(services),
    showLog: () => log.show(),
  };
}

export function registerCommands(services: Services): vscode.Disposable {
  const registered = Object.entries(handlers(services)).map(([key, handler]) => {
    const id = commands[key as keyof typeof commands];
    return vscode.commands.registerCommand(id, (argument: unknown, more: unknown) =>
      report(services, id, () => handler(argument, more)),
    );
  });
  return vscode.Disposable.from(...registered);
}

/** Runs something for the person and shows what went wrong, if anything, with the way to the log. */
async function report({ log }: Services, id: string, action: () => Promise<void> | void): Promise<void> {
  try {
    await action();
  } catch (error) {
    log.error(`${id}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    const show = 'Show Log';
    // Not awaited: whoever called the command need not wait for the person.
    void vscode.window
      .showErrorMessage(describeError(error), show)
      .then((choice) => choice === show && log.show());
  }
}
