/**
 * The lines under everything that leaves the panel: program and date, model and runtime, target and settings, fingerprint. Paths are cut to
 * the names of files, because folders often hold the user's name.
 */
import type { PanelState, Provenance } from '../../../src/analysis/panel';
import { type Begun, readableWithLikely } from '../../../src/protocol/pieces';
import { svgEl } from '../../base/dom';
import { visible } from '../../base/format';
import { t } from '../../base/strings';
import type { Theme } from '../../base/theme';

/** Hex digits of the checkpoint's digest that a line under a picture shows. */
const shortDigest = 12;

/** `target`: the text that is explained, and what it is compared with; null for a tab that explains none. */
export function provenanceLines(
  { model, runtime, title, baseline }: Pick<PanelState, 'model' | 'runtime' | 'title' | 'baseline'>,
  { version, date, settings, fingerprint }: Provenance,
  target: (Begun & { contrast: Begun | null }) | null,
): string[] {
  const when = new Date(date).toLocaleString(document.documentElement.lang || 'en', {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
  const explained = target && [
    `${t('Target')} ${visible(readableWithLikely(target))}`,
    ...(target.contrast ? [`${t('against')} ${visible(readableWithLikely(target.contrast))}`] : []),
  ];
  const lines = [
    [title, `Prompt Lens ${version}`, when],
    model && [model.name, model.quantisation, `sha256 ${model.sha256.slice(0, shortDigest)}`],
    runtime && [runtime.provider, runtime.precision, `onnxruntime ${runtime.onnxruntime}`],
    [explained?.join(' '), baseline && `${t('Baseline')} ${baseline.name}`, settings],
    [fingerprint && `${t('fingerprint')} ${fingerprint}`],
  ];
  return lines.flatMap((parts) => parts?.filter(Boolean).join(' · ') || []);
}

/** Keys under which results and settings name files. */
const fileKeys = new Set(['path', 'file', 'probe', 'uri']);

/** A copy in which every path under one of these keys is the name of its file. Texts are left alone. */
export function withoutFolders(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return fileKeys.has(key) ? fileName(value) : value;
  if (Array.isArray(value)) return value.map((each) => withoutFolders(each, key));
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withoutFolders(each, name)]));
}

/** Only absolute paths and addresses are cut: a short text that holds a slash may be part of a prompt. */
function fileName(path: string): string {
  return /^(?:[/\\]|[a-z]:[/\\]|[\w+.-]+:\/\/)[^\n]*$/i.test(path) ? (path.split(/[/\\]/).at(-1) ?? '') : path;
}

const lineHeight = 14;
const [margin, fontSize] = [16, 10];

/** The picture with the lines under it, wrapped to its width. `svg` has its width and height as attributes. */
export function withLines(svg: string, lines: readonly string[], theme: Theme): string {
  const root = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
  const size = (name: string) => Number(root.getAttribute(name)) || 0;
  const [width, height] = [size('width'), size('height')];
  const wrapped = lines.flatMap((line) => wrap(line, (width - 2 * margin) / (fontSize * 0.56)));
  const tall = height + wrapped.length * lineHeight + margin;
  root.setAttribute('height', String(tall));
  if (root.hasAttribute('viewBox')) root.setAttribute('viewBox', `0 0 ${width} ${tall}`);
  const ground = svgEl('rect', { y: height, width, height: tall - height, fill: theme.background });
  const look = { x: margin, fill: theme.muted, 'font-size': fontSize, 'font-family': theme.fonts.text };
  const texts = wrapped.map((line, at) =>
    svgEl('text', { ...look, y: height + (at + 1) * lineHeight, 'xml:space': 'preserve' }, line),
  );
  root.append(ground, ...texts);
  return new XMLSerializer().serializeToString(root);
}

/** Cuts at spaces into lines of at most so many narrow characters; a wide character counts twice. */
function wrap(line: string, columns: number): string[] {
  const lines: string[] = [];
  let now = '';
  for (const word of line.split(/(?<= )/)) {
    if (now !== '' && columnsOf(now + word.trimEnd()) > columns) {
      lines.push(now.trimEnd());
      now = '';
    }
    now += word;
  }
  return [...lines, now.trimEnd()];
}

const columnsOf = (text: string) => [...text].reduce((sum, c) => sum + ((c.codePointAt(0) ?? 0) > 0x2e7f ? 2 : 1), 0);
