/** The HTML page of the dashboard, as a pure function: the extension gives it to the webview, the tests to a browser. */

export interface PageOptions {
  /** Address of `webview.js`. */
  readonly scriptUri: string;
  /** Address of `webview.css`. */
  readonly styleUri: string;
  /** `webview.cspSource`. */
  readonly cspSource: string;
  /** Fresh for every page, letters and digits. */
  readonly nonce: string;
}

function escapeAttribute(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** The policy in force on the page: one script, the extension's own styles, images and fonts, nothing else. */
export function contentSecurityPolicy({
  cspSource,
  nonce,
}: Pick<PageOptions, 'cspSource' | 'nonce'>): string {
  return [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    `img-src ${cspSource} data:`,
    `font-src ${cspSource}`,
  ].join('; ');
}

/** The whole document. The text inside is what stays visible if the script cannot start. */
export function dashboardPage(options: PageOptions): string {
  const [script, style, nonce, policy] = [
    options.scriptUri,
    options.styleUri,
    options.nonce,
    contentSecurityPolicy(options),
  ].map(escapeAttribute);
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>NAS Workbench</title>
    <link rel="stylesheet" href="${style}">
  </head>
  <body>
    <main id="dashboard"><p class="loading">Loading the run …</p></main>
    <script nonce="${nonce}" src="${script}"></script>
  </body>
</html>
`;
}
