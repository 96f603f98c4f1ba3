/** The names that the manifest and the code share. A test holds the manifest against them. */

/** Commands of the palette. */
export const commands = {
  run: 'nas.run',
  stop: 'nas.stop',
  pause: 'nas.pause',
  resume: 'nas.resume',
  openDashboard: 'nas.openDashboard',
  generateCode: 'nas.generateCode',
  trainArchitecture: 'nas.trainArchitecture',
  exportNetwork: 'nas.exportNetwork',
  importGenotype: 'nas.importGenotype',
  copyText: 'nas.copyText',
  drawGenotype: 'nas.drawGenotype',
  newConfig: 'nas.newConfig',
  lookAtData: 'nas.lookAtData',
  setUpNative: 'nas.setUpNative',
  showLog: 'nas.showLog',
} as const;

/** Context keys, for `when` and `enablement` in the manifest. */
export const contextKeys = {
  /** A search runs in this window, paused or not. */
  running: 'nas.running',
  /** The search that runs is paused. */
  paused: 'nas.paused',
} as const;

/** Settings, without the section. */
export const settingsSection = 'nas';
export const settings = {
  /** Threads of the engine; 0: all cores but one. */
  threads: 'threads',
  /** A Node binary for the worker in place of the editor's own. */
  nodePath: 'nodePath',
  /** A Python for exports in place of the one that is found. */
  pythonPath: 'pythonPath',
} as const;

/** Type of the dashboard's webview panel, known to the editor across reloads. */
export const dashboardViewType = 'nas.dashboard';
/** The same of the pages that show data. */
export const dataViewType = 'nas.data';

/** The same of genotype files that are drawn. */
export const genotypeViewType = 'nas.genotype';

/** Scheme of code that is shown before it is written. */
export const previewScheme = 'nas-preview';

/** Name of the log channel. */
export const channelName = 'NAS Workbench';

/** Which documents are configs, and which are genotypes of a run. */
export const configSuffix = '.nas.json';
export const configPattern = '**/*.nas.json';
export const genotypeFileName = 'genotype.json';
/** Those that the editor knows without being told; `genotypeFilePattern` says which of them are meant by name. */
export const genotypePattern = '**/{genotype.json,genotype-*.json,*.genotype.json}';
/** Also those of earlier epochs and of trials, and imported ones with a name before it. */
export const genotypeFilePattern = /^(.+\.)?genotype(-(epoch|trial)-\d+)?\.json$/;

/** Keys of what is remembered for a workspace. */
export const memory = {
  /** Folder of the run under way: still there at the next start when the window was closed meanwhile. */
  runUnderWay: 'nas.runUnderWay',
  /** Folders of the latest runs that were started here, newest first. */
  recentRuns: 'nas.recentRuns',
} as const;
