/**
 * The theme as data: charts receive colours as values and never read the page. The colours come from the workbench's variables
 * and tokens.css and are read again whenever the body's classes or variables change.
 */
import { color, interpolateLab, interpolateRgb, rgb, scaleLinear } from 'd3';

export type ThemeKind = 'dark' | 'light' | 'highContrast' | 'highContrastLight';

/** Maps 0 … 1, clamped, to a colour; 0 is the editor background. */
export type Ramp = (share: number) => string;

export interface Theme {
  kind: ThemeKind;
  highContrast: boolean;
  background: string;
  foreground: string;
  /** Captions, axes: 76 % of the foreground (88 % in high contrast). */
  muted: string;
  /** Template text and common prefixes. */
  dim: string;
  faint: string;
  /** Empty part of a bar. */
  track: string;
  /** Translucent band behind lines. */
  band: string;
  rule: string;
  /** The colour of the locked item and of the focus; nothing else uses it. */
  focus: string;
  positive: string;
  negative: string;
  positiveTint: string;
  negativeTint: string;
  purple: string;
  green: string;
  error: string;
  /** Weight: attention, lens, cosine (blue). */
  seq: Ramp;
  seqStops: string[];
  /** Surprise (amber). */
  heat: Ramp;
  heatStops: string[];
  fonts: { text: string; token: string };
}

/** High-contrast light carries both contrast classes, so the longer name is tested first. */
export function themeKind(classes: DOMTokenList): ThemeKind {
  if (classes.contains('vscode-high-contrast-light')) return 'highContrastLight';
  if (classes.contains('vscode-high-contrast')) return 'highContrast';
  return classes.contains('vscode-light') ? 'light' : 'dark';
}

export function ramp(stops: readonly string[]): Ramp {
  return scaleLinear<string>()
    .domain(stops.map((_, i) => i / (stops.length - 1)))
    .range(stops)
    .interpolate(interpolateLab)
    .clamp(true);
}

/** Reads the current colours of the page. Missing variables (a bare test page) fall back to black on white. */
export function readTheme(body: HTMLElement = document.body): Theme {
  const style = getComputedStyle(body);
  const value = (name: string, fallback: string) => style.getPropertyValue(name).trim() || fallback;
  const share = (name: string, fallback: number) => Number.parseFloat(value(name, String(fallback))) / 100;
  const kind = themeKind(body.classList);
  const background = value('--vscode-editor-background', '#ffffff');
  const foreground = rgb(value('--vscode-foreground', '#000000')).copy({ opacity: 1 });
  const mix = interpolateRgb(background, foreground);
  const focus = value('--vscode-focusBorder', foreground.formatRgb());
  const solid = (name: string, fallback: string) => color(value(name, fallback))?.formatRgb() ?? fallback;
  const stops = (name: string, count: number) => [
    background,
    ...Array.from({ length: count }, (_, i) => value(`--pl-${name}-${i + 1}`, mix((i + 1) / count))),
  ];
  const seqStops = stops('seq', 4);
  const heatStops = stops('heat', 3);
  return {
    kind,
    highContrast: kind.startsWith('high'),
    background,
    foreground: foreground.formatRgb(),
    muted: mix(share('--pl-muted-share', 76)),
    dim: mix(share('--pl-dim-share', 70)),
    faint: mix(share('--pl-faint-share', 36)),
    track: mix(share('--pl-track-share', 9)),
    band: foreground.copy({ opacity: 0.13 }).formatRgb(),
    rule: solid('--vscode-panel-border', mix(0.13)),
    focus,
    positive: value('--pl-pos', focus),
    negative: value('--pl-neg', focus),
    positiveTint: value('--pl-pos-tint', mix(0.2)),
    negativeTint: value('--pl-neg-tint', mix(0.2)),
    purple: value('--vscode-charts-purple', focus),
    green: value('--vscode-charts-green', focus),
    error: value('--vscode-errorForeground', foreground.formatRgb()),
    seq: ramp(seqStops),
    seqStops,
    heat: ramp(heatStops),
    heatStops,
    fonts: {
      text: value('--vscode-font-family', 'sans-serif'),
      token: value('--vscode-editor-font-family', 'monospace'),
    },
  };
}

/**
 * Calls back when the theme changes, which the workbench shows by the body's class and the root's style. Returns a function that
 * stops listening.
 */
export function onThemeChange(listener: (theme: Theme) => void): () => void {
  let frame = 0;
  const observer = new MutationObserver(() => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => listener(readTheme()));
  });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  return () => observer.disconnect();
}

/** For legends: the ramp as a CSS background. */
export function rampCss(stops: readonly string[]): string {
  return `linear-gradient(90deg, ${stops.join(', ')})`;
}
