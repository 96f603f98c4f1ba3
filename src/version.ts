/** Name and version of the tool, as they stand in run folders and generated code. */
import manifest from '../package.json';

export const toolVersion = manifest.version;
export const toolName = `NAS Workbench ${manifest.version}`;
