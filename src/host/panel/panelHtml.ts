/**
 * The page's HTML: a constant, three URIs and a nonce. It has no data and no inline script or style; the page sends `ready` and then
 * receives the rest.
 */
import { randomBytes } from 'node:crypto';

export interface PageParts {
  cspSource: string;
  script: string;
  style: string;
  language: string;
}

export function newNonce(): string {
  return randomBytes(16).toString('base64');
}

/** The UI toolkit reads `csp-nonce` before it adds the one style element it needs. */
export function panelHtml({ cspSource, script, style, language }: PageParts, nonce: string): string {
  const policy = [
    "default-src 'none'",
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
    `font-src ${cspSource}`,
    `img-src ${cspSource} data: blob:`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${language.replace(/[^a-zA-Z-]/g, '')}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style}">
<title>Prompt Lens</title>
</head>
<body>
<div id="app"></div>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>
`;
}
