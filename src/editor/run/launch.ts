/** Starts a worker on a run and shows it everywhere: dashboard, status bar, log, notifications. */
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import type { RunEvent } from '../../protocol/events';
import { replayRun } from '../../protocol/runState';
import { judge, verdictTones } from '../../protocol/verdict';
import type { WorkerOutcome } from '../../worker/client';
import { commands } from '../ids';
import type { Services } from '../services';
import { describeEvent, describeResult } from '../../protocol/eventText';
import { proofHolds } from '../../protocol/proof';
import type { RunSession, WorkerSetup } from './session';

export async function launch(
  services: Services,
  session: RunSession,
  setup: WorkerSetup,
  resume: boolean,
): Promise<void> {
  const { log, runs } = services;
  const follow = logSession(log, session);
  session.once('ended', (outcome) => {
    follow();
    void tellEnd(services, session, outcome);
  });
  session.start(setup, resume);
  runs.follow(session);
  log.info(`${resume ? 'Resuming' : 'Starting'} “${session.name}” in ${session.folder.path}`);
  log.info(
    `Worker ${session.workerPid ?? '?'}: ${setup.threads} threads, ${setup.nodePath ?? 'the editor’s Node'}`,
  );
  void showLoading(session);
  // Beside the config, which keeps the focus.
  (await services.dashboards()).show(session, true);
}

/** Writes what a worker prints and tells into the log. @returns what ends it */
function logSession(log: vscode.LogOutputChannel, session: RunSession): () => void {
  const onOutput = (line: string) => log.info(`[worker] ${line}`);
  const isTraining = session.folder.run.config.architecture !== undefined;
  const onEvent = (event: RunEvent) => {
    // What is given is no best so far.
    if (isTraining && event.type === 'genotype') return;
    const line = describeEvent(event);
    if (line === undefined) return;
    if (event.type === 'failed') log.error(line);
    else if (event.type === 'notice' && event.level === 'warning') log.warn(line);
    else log.info(line);
  };
  session.on('output', onOutput);
  session.on('event', onEvent);
  return () => {
    session.off('output', onOutput);
    session.off('event', onEvent);
  };
}

/** A notification until the first step; its Cancel stops the run. */
async function showLoading(session: RunSession): Promise<void> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `NAS “${session.name}”`,
    cancellable: true,
  };
  await vscode.window.withProgress(options, (progress, token) => {
    progress.report({ message: 'starting…' });
    token.onCancellationRequested(() => void session.stop());
    return new Promise<void>((resolve) => {
      const finish = () => {
        session.off('change', onChange);
        session.off('ended', finish);
        resolve();
      };
      const onChange = () => {
        const { telemetry } = session;
        if (telemetry?.state === 'loading') progress.report({ message: telemetry.activity });
        else if (telemetry) finish();
      };
      session.on('change', onChange);
      session.on('ended', finish);
    });
  });
}

const actions = {
  generate: 'Generate Code',
  dashboard: 'Open Dashboard',
  resume: 'Resume',
  log: 'Show Log',
} as const;

/** Says how a run ended, with what can be done next. */
async function tellEnd(services: Services, session: RunSession, outcome: WorkerOutcome): Promise<void> {
  const { window } = vscode;
  const next = [
    ...(session.resumable ? [actions.resume] : []),
    ...(existsSync(session.folder.genotypePath) ? [actions.generate] : []),
  ];
  const what = session.folder.run.config.architecture ? 'training' : 'search';
  let choice: string | undefined;
  if (outcome.kind === 'failed') {
    const text = `The ${what} “${session.name}” failed. ${outcome.message} ${outcome.hint ?? ''}`.trim();
    choice = await window.showErrorMessage(text, actions.log, ...next);
  } else if (outcome.kind === 'stopped') {
    const done = session.epochsDone;
    const after = done > 0 ? ` after ${done} ${done === 1 ? 'epoch' : 'epochs'}` : '';
    const text = `The ${what} “${session.name}” was stopped${after}. Its progress is saved.`;
    choice = await window.showInformationMessage(text, ...next);
  } else {
    const state = replayRun(session.events);
    const text = describeResult(session.name, state);
    const disproved = state.proof && proofHolds(state.proof) === false;
    const tone = verdictTones[judge(state).kind];
    const promising = tone === 'good' || tone === 'neutral';
    // What is worth generating offers that first; what is not asks to be looked at.
    choice = disproved
      ? await window.showErrorMessage(text, actions.dashboard, actions.log)
      : promising
        ? await window.showInformationMessage(text, actions.generate, actions.dashboard)
        : await window.showWarningMessage(text, actions.dashboard, actions.generate);
  }
  await act(services, session, choice);
}

async function act(services: Services, session: RunSession, choice: string | undefined): Promise<void> {
  const { executeCommand } = vscode.commands;
  const folder = vscode.Uri.file(session.folder.path);
  if (choice === actions.generate) await executeCommand(commands.generateCode, folder);
  if (choice === actions.resume) await executeCommand(commands.resume, folder);
  if (choice === actions.log) await executeCommand(commands.showLog);
  if (choice === actions.dashboard) (await services.dashboards()).show(session);
}
