/** The HTML pages of the webviews, as pure functions: the extension gives them to the webview, the tests to a browser. */

export interface PageOptions {
  /** Address of the page's script. */
  readonly scriptUri: string;
  /** Address of its styles. */
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

/** The dashboard of a run. */
export function dashboardPage(options: PageOptions): string {
  return wholePage(options, 'dashboard', 'Loading the run …');
}

/** The page that shows what is in a data set. */
export function dataPage(options: PageOptions): string {
  return wholePage(options, 'data', 'Loading the data …');
}

/** The page of a genotype file. */
export function genotypePage(options: PageOptions): string {
  return wholePage(options, 'genotype', 'Loading the architecture …');
}

/** The whole document. @param waiting stays visible if the script cannot start */
function wholePage(options: PageOptions, id: string, waiting: string): string {
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
    <main id="${id}"><p class="loading">${waiting}</p></main>
    <script nonce="${nonce}" src="${script}"></script>
  </body>
</html>
`;
}
