/**
 * The controls of the Embeddings tab: source, tokens, template and groups, then method, axes, left-out tokens and the seed.
 * Automatic choices show their outcome.
 */
import type {
  EmbeddingsData,
  EmbeddingsIntent,
  EmbeddingsSource,
  PointsAt,
  ProjectionMethod,
} from '../../../src/analysis/embeddings/contract';
import type { Intent } from '../../../src/analysis/panel';
import { checkbox, dropdown, each, segmented, setUnlessTyping, textField } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { t } from '../../base/strings';
import type { ViewContext } from '../../base/view';
import { shownLayer } from './facts';

type Source = EmbeddingsIntent['source'];
type At = EmbeddingsIntent['at'];
type Change = (part: Partial<EmbeddingsIntent>) => void;

export class EmbeddingControls {
  readonly element: HTMLElement;
  private readonly source;
  private readonly at;
  private readonly word;
  private readonly template;
  private readonly templateField;
  private readonly groups = el('span', {});
  private columns = '';
  private readonly method;
  private readonly basis;
  private readonly seed;
  private readonly seedField;
  private readonly massive;

  constructor(private readonly context: ViewContext) {
    const change = this.change;
    this.word = wordField(change);
    this.source = sourceChoice(change);
    this.at = tokensChoice(change, () => this.word.element.focus());
    this.template = textField({
      label: t('Template: {x} stands for the text'),
      placeholder: t('My name is {x}'),
      onCommit: (text) => change({ template: text }),
    });
    this.templateField = el('span', { class: 'field' }, t('Template'), this.template.element);
    this.method = methodChoice(change);
    this.basis = basisChoice(change, () => shownLayer(this.now(), context.state().model?.layers ?? 0));
    this.seed = textField({ label: t('Seed'), onCommit: (text) => this.setSeed(Number(text)) });
    this.seedField = el('span', { class: 'field embed-seed' }, t('Seed'), this.seed.element);
    this.massive = checkbox({
      label: t('Leave out tokens of massive norm'),
      checked: true,
      onChange: (leaveOutMassive) => change({ leaveOutMassive }),
    });
    const points = [this.source.element, this.at.element, this.word.element, this.templateField, this.groups];
    const picture = [this.method.element, this.basis.element, this.seedField, this.massive.element];
    this.element = el(
      'div',
      { class: 'embed-controls' },
      el('div', { class: 'ctl' }, ...points),
      el('div', { class: 'ctl' }, ...picture),
    );
  }

  /** `data` is null while there is no result: then automatic choices cannot show their outcome. */
  update(intent: EmbeddingsIntent, data: EmbeddingsData | null): void {
    const plan = data?.plan;
    const chosen = intent.source === 'auto' ? (plan?.source ?? 'prompt') : intent.source;
    this.source.set(chosen);
    const places = intent.at === 'auto' ? (plan?.at ?? 'tokens') : intent.at;
    this.at.set(places);
    this.word.element.hidden = places !== 'pattern';
    setUnlessTyping(this.word, intent.pattern || (plan?.pattern ?? ''));
    const many = chosen === 'lines' || chosen === 'table';
    this.templateField.hidden = !many;
    setUnlessTyping(this.template, intent.template ?? plan?.template ?? '');
    this.groups.hidden = chosen !== 'table';
    this.updateGroups(intent, data);
    this.method.set(intent.method);
    this.basis.set(intent.basis);
    this.basis.element.hidden = intent.method !== 'pca';
    this.seedField.hidden = intent.method === 'pca';
    setUnlessTyping(this.seed, String(intent.seed));
    this.massive.set(intent.leaveOutMassive);
  }

  private now(): EmbeddingsIntent {
    return this.context.state().intent.embeddings;
  }

  private readonly change: Change = (part) => this.context.setIntent({ embeddings: { ...this.now(), ...part } });

  private setSeed(value: number): void {
    if (Number.isInteger(value) && value >= 0) this.change({ seed: value });
    else this.seed.set(String(this.now().seed));
  }

  /** The choice of the group column, which belongs to the table's own columns. */
  private updateGroups(intent: EmbeddingsIntent, data: EmbeddingsData | null): void {
    const names = data?.plan.columns ?? [];
    if (names.join() === this.columns) return;
    this.columns = names.join();
    fill(this.groups);
    if (names.length === 0) return;
    const field = dropdown<string>({
      label: t('Groups'),
      options: [{ value: '', label: t('none') }, ...names.map((name) => ({ value: name, label: name }))],
      value: intent.groupBy ?? data?.plan.groupBy ?? '',
      onChange: (groupBy) => this.change({ groupBy }),
    });
    fill(this.groups, field.element);
  }
}

function sourceChoice(change: Change) {
  return dropdown<Source>({
    label: t('Texts'),
    options: each<EmbeddingsSource>({
      prompt: { label: t('this prompt') },
      lines: { label: t('each line'), title: t('Each line of the file is a text; an empty line begins a group') },
      table: { label: t('rows of the table'), title: t('The file is a .csv with a header line') },
      open: { label: t('open files'), title: t('All prompt files that are open in the editor') },
    }),
    value: 'prompt',
    onChange: (value) => change({ source: value, at: 'auto', template: null, groupBy: null, marks: [] }),
  });
}

/** `toWord` moves the focus to the field for the word. */
function tokensChoice(change: Change, toWord: () => void) {
  return dropdown<At>({
    label: t('Tokens'),
    options: each<PointsAt['kind']>({
      pattern: { label: t('a word') },
      tokens: { label: t('all tokens') },
      last: { label: t('the last token') },
    }),
    value: 'tokens',
    onChange: (value) => {
      change({ at: value });
      if (value === 'pattern') toWord();
    },
  });
}

function wordField(change: Change) {
  return textField({
    label: t('Word or regular expression'),
    placeholder: t('word or /expression/'),
    onCommit: (pattern) => change({ pattern: pattern.trim(), at: pattern.trim() === '' ? 'auto' : 'pattern' }),
  });
}

function methodChoice(change: Change) {
  return segmented<EmbeddingsIntent['method']>({
    label: t('Projection'),
    options: each<ProjectionMethod>({
      pca: { label: 'PCA', title: t('The two directions in which the points vary most') },
      umap: { label: 'UMAP', title: t('Keeps neighbourhoods; axes mean nothing') },
      tsne: { label: 't-SNE', title: t('Keeps near neighbours; axes and sizes mean nothing') },
    }),
    value: 'pca',
    onChange: (value) => change({ method: value }),
  });
}

function basisChoice(change: Change, layer: () => number) {
  return dropdown<EmbeddingsIntent['basis']>({
    label: t('Axes'),
    options: each<Intent['embeddings']['basis']>({
      own: { label: t('fitted to each block') },
      frozen: { label: t('this block’s, for all blocks') },
    }),
    value: 'own',
    onChange: (value) => change({ basis: value, basisLayer: layer() }),
  });
}
