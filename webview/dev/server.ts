/**
 * The pages in a plain browser: builds the real bundle, serves the real page with its policy from 127.0.0.1, and
 * stands in for VS Code's webview API. Used by the browser tests and by `serve.ts`.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import type { FakeTheme } from '../../test/webview/themes';
import { dashboardPage, dataPage } from '../page/page';

/** The pages there are: where each starts, and its HTML. */
const pages = {
  dashboard: { entry: '../page/main.ts', html: dashboardPage },
  data: { entry: '../data/main.ts', html: dataPage },
} as const;
export type PageName = keyof typeof pages;

export interface DevServer {
  readonly origin: string;
  close(): Promise<void>;
}

export interface DevPage {
  readonly theme: FakeTheme;
  /** State that VS Code would have kept. */
  readonly state?: unknown;
  /** More script for the page, under the same nonce. */
  readonly script?: string;
}

/** Builds with the options of the product. @returns script and style by name */
async function bundle(entry: string): Promise<Map<string, Uint8Array>> {
  const built = await esbuild.build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    outfile: 'webview.js',
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'chrome132',
    minify: true,
    write: false,
  });
  return new Map(built.outputFiles.map((file) => [file.path.replace(/^.*[\\/]/, '/'), file.contents]));
}

/**
 * What VS Code gives a webview before its script runs: the API, the theme's class and variables. Requests of the page
 * are kept in `window.requests`.
 */
function webviewHost({ theme, state, script = '' }: DevPage): string {
  return `
    window.requests = [];
    window.keptState = ${JSON.stringify(state ?? null)};
    window.acquireVsCodeApi = () => ({
      postMessage: (message) => { window.requests.push(message); },
      getState: () => window.keptState ?? undefined,
      setState: (state) => { window.keptState = state; },
    });
    window.applyTheme = ({ className, variables }) => {
      const html = document.documentElement;
      for (const name of [...html.style]) if (name.startsWith('--vscode-')) html.style.removeProperty(name);
      for (const [name, value] of Object.entries(variables)) html.style.setProperty(name, value);
      document.body.className = className;
    };
    applyTheme(${JSON.stringify(theme)});
    ${script}`.replaceAll('</', '<\\/');
}

/**
 * @param page what to put into the page for a request's address
 * @param name which page
 */
export async function startDevServer(
  page: (url: URL) => DevPage,
  name: PageName = 'dashboard',
): Promise<DevServer> {
  const { entry, html: pageOf } = pages[name];
  const files = await bundle(entry);
  const server = createServer((request, response) => {
    const origin = `http://${request.headers.host ?? '127.0.0.1'}`;
    const url = new URL(request.url ?? '/', origin);
    const file = files.get(url.pathname);
    if (file) {
      response.setHeader('content-type', url.pathname.endsWith('.css') ? 'text/css' : 'text/javascript');
      response.end(file);
    } else if (url.pathname === '/') {
      const nonce = randomBytes(16).toString('hex');
      const html = pageOf({
        scriptUri: '/webview.js',
        styleUri: '/webview.css',
        cspSource: origin,
        nonce,
      });
      const hosted = html.replace(
        '<main',
        () => `<script nonce="${nonce}">${webviewHost(page(url))}</script>\n    <main`,
      );
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(hosted);
    } else {
      response.statusCode = url.pathname === '/favicon.ico' ? 204 : 404;
      response.end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
