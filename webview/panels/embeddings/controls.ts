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

export interface EmbeddingControls {
  element: HTMLElement;
  /** `data` is null while there is no result: then automatic choices cannot show their outcome. */
  update(intent: EmbeddingsIntent, data: EmbeddingsData | null): void;
}

type Source = EmbeddingsIntent['source'];
type At = EmbeddingsIntent['at'];

export function embeddingControls(context: ViewContext): EmbeddingControls {
  const now = () => context.state().intent.embeddings;
  const change = (part: Partial<EmbeddingsIntent>) => context.setIntent({ embeddings: { ...now(), ...part } });
  const source = dropdown<Source>({
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
  const at = dropdown<At>({
    label: t('Tokens'),
    options: each<PointsAt['kind']>({
      pattern: { label: t('a word') },
      tokens: { label: t('all tokens') },
      last: { label: t('the last token') },
    }),
    value: 'tokens',
    onChange: (value) => {
      change({ at: value });
      if (value === 'pattern') word.element.focus();
    },
  });
  const word = textField({
    label: t('Word or regular expression'),
    placeholder: t('word or /expression/'),
    onCommit: (pattern) => change({ pattern: pattern.trim(), at: pattern.trim() === '' ? 'auto' : 'pattern' }),
  });
  const template = textField({
    label: t('Template: {x} stands for the text'),
    placeholder: t('My name is {x}'),
    onCommit: (text) => change({ template: text }),
  });
  const templateField = el('span', { class: 'field' }, t('Template'), template.element);
  const groups = el('span', {});
  let columns = '';
  const method = segmented<EmbeddingsIntent['method']>({
    label: t('Projection'),
    options: each<ProjectionMethod>({
      pca: { label: 'PCA', title: t('The two directions in which the points vary most') },
      umap: { label: 'UMAP', title: t('Keeps neighbourhoods; axes mean nothing') },
      tsne: { label: 't-SNE', title: t('Keeps near neighbours; axes and sizes mean nothing') },
    }),
    value: 'pca',
    onChange: (value) => change({ method: value }),
  });
  const basis = dropdown<EmbeddingsIntent['basis']>({
    label: t('Axes'),
    options: each<Intent['embeddings']['basis']>({
      own: { label: t('of each block') },
      frozen: { label: t('of this block, for all') },
    }),
    value: 'own',
    onChange: (value) => {
      const { model } = context.state();
      change({ basis: value, basisLayer: shownLayer(now(), model?.layers ?? 0) });
    },
  });
  const seed = textField({
    label: t('Seed'),
    onCommit: (text) => {
      const value = Number(text);
      if (Number.isInteger(value) && value >= 0) change({ seed: value });
      else seed.set(String(now().seed));
    },
  });
  const seedField = el('span', { class: 'field embed-seed' }, t('Seed'), seed.element);
  const massive = checkbox({
    label: t('Leave out massive norms'),
    checked: true,
    onChange: (leaveOutMassive) => change({ leaveOutMassive }),
  });
  const element = el(
    'div',
    { class: 'embed-controls' },
    el('div', { class: 'ctl' }, source.element, at.element, word.element, templateField, groups),
    el('div', { class: 'ctl' }, method.element, basis.element, seedField, massive.element),
  );

  function updateGroups(intent: EmbeddingsIntent, data: EmbeddingsData | null): void {
    const names = data?.plan.columns ?? [];
    if (names.join() === columns) return;
    columns = names.join();
    fill(groups);
    if (names.length === 0) return;
    const field = dropdown<string>({
      label: t('Groups'),
      options: [{ value: '', label: t('none') }, ...names.map((name) => ({ value: name, label: name }))],
      value: intent.groupBy ?? data?.plan.groupBy ?? '',
      onChange: (groupBy) => change({ groupBy }),
    });
    fill(groups, field.element);
  }

  return {
    element,
    update(intent, data) {
      const plan = data?.plan;
      const chosen = intent.source === 'auto' ? (plan?.source ?? 'prompt') : intent.source;
      source.set(chosen);
      const places = intent.at === 'auto' ? (plan?.at ?? 'tokens') : intent.at;
      at.set(places);
      word.element.hidden = places !== 'pattern';
      setUnlessTyping(word, intent.pattern || (plan?.pattern ?? ''));
      const many = chosen === 'lines' || chosen === 'table';
      templateField.hidden = !many;
      setUnlessTyping(template, intent.template ?? plan?.template ?? '');
      groups.hidden = chosen !== 'table';
      updateGroups(intent, data);
      method.set(intent.method);
      basis.set(intent.basis);
      basis.element.hidden = intent.method !== 'pca';
      seedField.hidden = intent.method === 'pca';
      setUnlessTyping(seed, String(intent.seed));
      massive.set(intent.leaveOutMassive);
    },
  };
}
