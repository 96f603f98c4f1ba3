/**
 * Runs one job from its folder to its result: takes up the checkpoint if there is one, drives the search and the
 * trainings step by step, and writes all that a run folder holds. `prepareJob` has made what it stands on.
 */
import { resolve } from 'node:path';
import { givenArchitecture } from '../config/architecture';
import { asError, UserError } from '../errors';
import { NetworkTraining } from '../estimate/training';
import type { EngineOptions } from '../network/engines';
import type { TrainedNetwork } from '../network/trainableNetwork';
import type { Unsupported } from '../network/unsupported';
import type { ProofProcessOptions } from '../proof/client';
import { GeneratedCodeProof } from '../proof/process';
import type { RunEvent, RunEventBody } from '../protocol/events';
import { effectiveEvents, replayRun } from '../protocol/runState';
import type { Telemetry } from '../protocol/worker';
import type { Snapshot } from '../snapshot';
import { EventLog, readEventLog, requireEventLog } from '../runs/eventLog';
import type { RunFolder } from '../runs/runFolder';
import type { Process, Search, StepContext, TrainedTrial } from '../search/process';
import { planNetwork } from '../space/network';
import type { Genotype } from '../space/genotype';
import {
  Checkpointer,
  Coverage,
  lackOfEvents,
  requireJobState,
  requireSameData,
  type JobState,
} from './checkpoints';
import { JobClock, workOf, type PhaseWork } from './clock';
import type { Control } from './control';
import { evaluationBatchSize } from './data';
import { describeFallback } from './engine';
import { readBeside } from './files';
import { keepGenotype, keepTrial, keepWeights, readableWeights, type KeptFiles } from './keeping';
import { chooseAnswer, requireReachable, requireWithin, type Candidate } from './limits';
import { baselineGenotype, finalNetwork, jobParts, type Part } from './plan';
import type { PreparedJob } from './prepare';
import { raceEngines } from './race';
import { firstWork, startSearch, type SearchOptions } from './startSearch';
import { workFrom, type ProcessWork, type WorkingProcess } from './work';
import { describeRun, genotypeFile, runResult } from './results';
import { RunSummaries } from './summaries';
import { weightsOf } from './weights';

export interface JobOptions {
  readonly folder: RunFolder;
  readonly control: Control;
  readonly prepared: PreparedJob;
  /** Why the run goes on, where nobody asked for it: a sentence. */
  readonly because?: string;
  /** Where generated code is run with trained weights. */
  readonly proof: Omit<ProofProcessOptions, 'threads'>;
  onEvent(event: RunEvent): void;
  onTelemetry(telemetry: Telemetry): void;
  /** Least time between two telemetry messages, milliseconds; the last one of a part always comes. */
  readonly telemetryInterval?: number;
}

/**
 * @returns how the job ended; `stopped` means that the control asked for it and the checkpoint is written
 * @throws UserError for what a person can mend; the event log then ends with a `failed` event
 */
export async function runJob(options: JobOptions): Promise<'finished' | 'stopped'> {
  const log = new EventLog(options.folder.eventsPath);
  const job = new Job(options, log);
  try {
    return await job.run();
  } catch (error) {
    job.noteFailure(error);
    throw error;
  } finally {
    await job.closeSummaries();
    log.close();
  }
}

class Job {
  private readonly parts: readonly Part[];
  private clock = new JobClock();
  private readonly checkpointer: Checkpointer;
  private genotype: Genotype | undefined;
  /** Between its training and the check of its code. */
  private trained: TrainedNetwork | undefined;
  private partIndex = 0;
  /** With the engine that the race chose, if there was one. */
  private prepared: PreparedJob;
  private lastTelemetry = -Infinity;
  private summaries: RunSummaries | undefined;
  private coverage = new Coverage();

  constructor(
    private readonly options: JobOptions,
    private readonly log: EventLog,
  ) {
    const { config } = options.folder.run;
    this.parts = jobParts(config);
    this.prepared = options.prepared;
    this.checkpointer = new Checkpointer(options.folder.checkpoints);
  }

  async run(): Promise<'finished' | 'stopped'> {
    let restored = await this.takeUp();
    this.openSummaries();
    for (; this.partIndex < this.parts.length; this.partIndex++) {
      const working = this.start(this.parts[this.partIndex]!, !restored);
      try {
        if (restored) working.restore(restored);
        else this.announce(working);
        restored = undefined;
        if (!(await this.drive(working))) return 'stopped';
        if ('genotype' in working) this.genotype = this.answer(working as Search);
        this.trained = working instanceof NetworkTraining ? working.trained : undefined;
        if (this.trained) keepWeights(this.kept, this.parts[this.partIndex]!, this.trained);
      } finally {
        working.dispose();
      }
    }
    this.finish();
    return 'finished';
  }

  /** Waits for TensorBoard's event file, where there is one. */
  async closeSummaries(): Promise<void> {
    await this.summaries?.close();
  }

  private get kept(): KeptFiles {
    return { folder: this.options.folder, prepared: this.prepared };
  }

  private openSummaries(): void {
    const { folder, proof } = this.options;
    if (!folder.run.config.output.tensorboard) return;
    this.summaries = new RunSummaries({
      folder: folder.summariesPath,
      process: { ...proof, threads: 1 },
      onFailure: (reason) =>
        this.emit({ type: 'notice', level: 'warning', message: `No event file for TensorBoard: ${reason}` }),
    });
    for (const event of effectiveEvents(readEventLog(folder.eventsPath).events)) this.summaries.add(event);
  }

  /** What the search has found, within the limits where anything that it came by is. */
  private answer(search: Search): Genotype {
    const { prepared } = this;
    const { folder } = this.options;
    const { genotypes, trials } = replayRun(readEventLog(folder.eventsPath).events);
    // The epochs of a gradient search, newest first; what a sampling search judges is within the limits.
    const earlier = trials.length > 0 ? [] : genotypes.toReversed();
    const candidates = [this.foundBy(search, genotypes), ...earlier];
    const { notice, genotype, epoch } = chooseAnswer(candidates, prepared.limits);
    if (notice) {
      this.emit({ type: 'notice', level: 'warning', message: notice });
      this.emit({ type: 'genotype', epoch, genotype });
    }
    return genotype;
  }

  private foundBy(search: Search, genotypes: readonly { epoch: number; genotype: Genotype }[]): Candidate {
    const genotype = search.genotype();
    const text = JSON.stringify(genotype);
    const known = genotypes.findLast((each) => JSON.stringify(each.genotype) === text);
    return { genotype, epoch: known?.epoch ?? search.progress.epoch - 1 };
  }

  /** Writes down why the job ended, unless the log itself cannot be written. */
  noteFailure(error: unknown): void {
    const { message } = asError(error);
    try {
      this.emit({ type: 'failed', message, hint: error instanceof UserError ? error.hint : undefined });
    } catch {
      // The first error is the one to report.
    }
  }

  /** Reads the checkpoint, if any, and writes how the log goes on. */
  private async takeUp(): Promise<Snapshot | undefined> {
    const { folder } = this.options;
    const { events } = readEventLog(folder.eventsPath);
    const loaded = folder.checkpoints.load(({ meta }) => lackOfEvents(events, folder.eventsPath, meta));
    const snapshot = loaded?.snapshot;
    const outcome = snapshot ? undefined : await this.race();
    const meta = snapshot && requireJobState(snapshot.meta, this.parts);
    if (meta) requireSameData(meta, this.prepared.data.content);
    if (meta?.engine === 'tensorflow') await this.takeRival();
    const { prepared } = this;
    const engine = prepared.engine.description;
    if (!meta) {
      this.log.continueFrom(-1);
      if (this.log.lastSeq >= 0) this.emit({ type: 'resumed', keep: -1, engine });
      this.emit(describeRun(folder.run, prepared));
      const said = [...folder.run.notices, ...(outcome === undefined ? [] : [outcome])];
      for (const message of said) this.emit({ type: 'notice', level: 'info', message });
      const anew = loaded ? [...loaded.warnings, 'So the run begins anew.'] : [];
      for (const message of [...anew, ...prepared.data.notices, ...prepared.engine.notices])
        this.emit({ type: 'notice', level: 'warning', message });
      const given = givenArchitecture(folder.run.config);
      const doubt = given ? undefined : requireReachable(prepared.limits);
      if (given) requireWithin(given, prepared.limits);
      if (doubt) this.emit({ type: 'notice', level: 'warning', message: doubt });
      if (given) this.emit({ type: 'genotype', epoch: 0, genotype: given });
      this.genotype = given;
      return undefined;
    }
    this.log.continueFrom(meta.seq);
    const { notice } = requireEventLog(folder.eventsPath);
    this.coverage = Coverage.of(events, meta.seq);
    const lack = this.coverage.lackOf(meta.covers);
    const without = lack && `The log lacks events of this run, and tables and charts with it: ${lack.words}.`;
    this.emit({ type: 'resumed', keep: meta.seq, engine });
    for (const message of [this.options.because, ...loaded.warnings, notice, without].filter(
      (said) => said !== undefined,
    ))
      this.emit({ type: 'notice', level: 'warning', message });
    keepGenotype(this.kept, replayRun(readEventLog(folder.eventsPath).events));
    this.partIndex = meta.part;
    this.genotype = meta.genotype;
    this.clock = new JobClock(meta.progress);
    return { meta: meta.process, arrays: snapshot.arrays };
  }

  /** Races the engines where there are two. @returns how it went, if it took place */
  private async race(): Promise<string | undefined> {
    const { prepared } = this;
    const { folder, proof, control } = this.options;
    if (!prepared.engine.startRival) return undefined;
    const work = workOf(this.workFrom(firstWork(this.searchOptions(prepared.engine))));
    const { engine, line } = await raceEngines({
      ...{ config: folder.run.config, prepared, work },
      process: { ...proof, threads: prepared.engine.threads },
      interrupted: () => control.stopRequested,
    });
    this.prepared = { ...prepared, engine };
    return line;
  }

  /** Computes with what won the race when the job began, unless a person has asked for something else since. */
  private async takeRival(): Promise<void> {
    const { startRival } = this.prepared.engine;
    if (startRival) this.prepared = { ...this.prepared, engine: await startRival() };
  }

  /** @param fresh not restored from a checkpoint in a moment */
  private start(part: Part, fresh: boolean): WorkingProcess {
    const engine = this.watchedEngine();
    const { space, data } = this.prepared;
    const { config } = this.options.folder.run;
    if (part.phase === 'search') return startSearch(this.searchOptions(engine));
    if (part.phase === 'proof') return this.startProof();
    const genotype = part.phase === 'final' ? this.genotype! : baselineGenotype(config, space, part.index);
    const plan = planNetwork(genotype, finalNetwork(config, data.input));
    const stream = `${part.phase} ${part.index}`;
    return new NetworkTraining({
      ...{ plan, engine, genotype, ...part },
      epochs: config.final.epochs,
      recipe: config.final,
      initial: part.phase === 'final' && fresh ? this.initialWeights(genotype) : undefined,
      seed: config.seed,
      settings: config.final,
      data: data.training(stream),
      logEverySteps: config.output.logEverySteps,
    });
  }

  /** Of the file that the config names. */
  private initialWeights(genotype: Genotype): Float32Array | undefined {
    const { config, configFolder } = this.options.folder.run;
    const { initialWeights } = config.final;
    if (initialWeights === undefined) return undefined;
    const network = finalNetwork(config, this.prepared.data.input);
    return weightsOf(resolve(configFolder, initialWeights), { genotype, network });
  }

  private searchOptions(engine: EngineOptions): SearchOptions {
    const { config, configFolder } = this.options.folder.run;
    const readFile = (path: string): string => readBeside(configFolder, path);
    return { ...{ config, readFile }, ...this.prepared, engine };
  }

  private watchedEngine(): EngineOptions {
    return { ...this.prepared.engine, onFallback: (reason) => this.noteFallback(reason) };
  }

  /** Says once in a run that a network is computed slowly, and for which layer. */
  private noteFallback(reason: Unsupported): void {
    const slower = describeFallback(reason);
    const { notices } = replayRun(readEventLog(this.options.folder.eventsPath).events);
    if (notices.some((notice) => notice.message === slower)) return;
    this.emit({ type: 'notice', level: 'warning', message: slower });
  }

  private startProof(): GeneratedCodeProof {
    const { folder, proof } = this.options;
    const { prepared } = this;
    const { data, engine } = prepared;
    return new GeneratedCodeProof({
      // As it is on disk, which is what code is generated from later.
      file: folder.readGenotype()!,
      trained: this.trained,
      testBatches: () => data.training('proof').testBatches(),
      testImages: data.images.test,
      batchSize: evaluationBatchSize,
      process: { ...proof, threads: engine.threads },
    });
  }

  private announce(working: Process): void {
    const part = this.parts[this.partIndex]!;
    const of = this.parts.filter((other) => other.phase === part.phase).length;
    const { trials, epochs, stepsPerEpoch } = working;
    this.emit({ type: 'phase', ...part, of, trials, epochs, stepsPerEpoch: Math.ceil(stepsPerEpoch) });
  }

  /** Steps until the part is done. @returns false when it was stopped; the checkpoint is then written */
  private async drive(working: WorkingProcess): Promise<boolean> {
    const { control } = this.options;
    this.expect(working);
    const { trialWeights } = this.options.folder.run.config.output;
    const context: StepContext = {
      emit: (event: RunEventBody) => this.emit(event),
      ...(trialWeights !== 'none' && {
        keep: (trial: TrainedTrial) => keepTrial(this.kept, trial, trialWeights),
      }),
      interrupted: () => control.stopRequested || control.paused,
    };
    while (!working.done) {
      // Kernels block; messages and signals come in here.
      await new Promise((resolve) => setImmediate(resolve));
      if (control.paused) {
        this.checkpoint(working);
        this.report(working, 'paused');
        await control.whilePaused();
      }
      if (control.stopRequested) {
        this.report(working, 'stopping');
        this.checkpoint(working);
        this.emit({ type: 'stopped' });
        return false;
      }
      const { step } = working.progress;
      const before = stepsDone(working);
      const start = performance.now();
      await working.advance(context);
      const steps = working.progress.step - step;
      const expected = stepsDone(working) - before;
      if (steps > 0 || expected > 0) {
        this.clock.note(performance.now() - start, steps, expected);
      }
      // A part that is done has told what came of it: taken up again, it would tell so twice.
      if (!working.done && this.checkpointer.due) this.checkpoint(working);
      this.report(working);
    }
    this.report(working, 'done');
    return true;
  }

  /** Tells the clock how much work this part is and, by the best guess, the ones after it. */
  private expect(working: WorkingProcess): void {
    this.clock.begin(this.workFrom(working), stepsDone(working));
  }

  private workFrom(working: ProcessWork): PhaseWork[] {
    const { config } = this.options.folder.run;
    return workFrom(working, this.parts.slice(this.partIndex + 1), config, this.prepared);
  }

  private checkpoint(working: Process): void {
    const { lastSeq } = this.log;
    this.options.folder.requirePresent();
    this.checkpointer.save(() => {
      this.log.sync();
      const { meta, arrays } = working.snapshot();
      const { partIndex: part, genotype } = this;
      const progress = this.clock.progress(stepsDone(working));
      const job: JobState = {
        part,
        seq: lastSeq,
        covers: this.coverage.covers,
        progress,
        engine: this.prepared.engine.name,
        data: this.prepared.data.content,
        genotype,
        process: meta,
      };
      return { meta: job, arrays };
    });
  }

  private finish(): void {
    const { prepared } = this;
    const { folder } = this.options;
    const state = replayRun(readEventLog(folder.eventsPath).events);
    const weights = readableWeights(folder, (message) =>
      this.emit({ type: 'notice', level: 'warning', message }),
    );
    const result = runResult(folder.run, prepared, this.genotype!, state, weights);
    this.emit({
      type: 'finished',
      genotype: result.genotype,
      testAccuracy: result.found?.testAccuracy,
      ...(result.score !== 'accuracy' &&
        result.found && { testScore: { name: result.score, value: result.found.testScore } }),
      parameters: result.parameters,
      flops: result.flops,
    });
    keepGenotype(this.kept, state);
    this.log.sync();
    folder.writeResult(result);
  }

  private emit(body: RunEventBody): void {
    const event = this.log.append(body);
    this.coverage.add(event);
    if (event.type === 'genotype') {
      const { prepared } = this;
      const { folder } = this.options;
      folder.writeGenotype(genotypeFile(folder.run, prepared, event.genotype, event.epoch));
    }
    this.summaries?.add(event);
    this.options.onEvent(event);
  }

  private report(
    working: WorkingProcess,
    state: 'running' | 'paused' | 'stopping' | 'done' = 'running',
  ): void {
    const now = performance.now();
    const { telemetryInterval = 100 } = this.options;
    if (state === 'running' && now - this.lastTelemetry < telemetryInterval) return;
    this.lastTelemetry = now;
    const { epoch, step, trial } = working.progress;
    // A part may end before all the steps that were expected of it.
    const done = state === 'done' ? working.epochs * working.stepsPerEpoch : stepsDone(working);
    this.options.onTelemetry({
      state: state === 'done' ? 'running' : state,
      activity: '',
      phase: this.parts[this.partIndex]!.phase,
      trial,
      trials: working.trials,
      epoch,
      epochs: working.epochs,
      step: Math.floor(step),
      steps: Math.ceil(working.epochs * working.stepsPerEpoch),
      progress: this.clock.progress(done),
      etaSeconds: this.clock.etaSeconds(done),
      stepMs: this.clock.stepMs,
      engine: this.prepared.engine.description,
      residentBytes: process.memoryUsage.rss(),
      engineBytes: working.memory,
    });
  }
}

/** How many of the steps that were expected the work so far stands for. */
function stepsDone({ progress, epochs, stepsPerEpoch }: Process): number {
  return progress.share === undefined ? progress.step : progress.share * epochs * stepsPerEpoch;
}
