/** Makes the browser and the VS Code that tests run in ready, so that this can go on beside other things. */
import { ensureChromium, ensureVsCode } from './install.mjs';

await ensureChromium();
if (process.env.NAS_VSCODE_EXECUTABLE === undefined && process.platform !== 'win32') await ensureVsCode();
