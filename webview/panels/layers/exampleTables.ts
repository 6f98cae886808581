/** The examples as rows: losses and label words, and attention by block. */
import type { ExamplesResult } from '../../../src/analysis/examples/contract';
import type { TableTwin } from '../../base/a11y';
import { t } from '../../base/strings';
import { headName } from '../attention/choice';
import { strongestHead } from './exampleFacts';

export function examplesTwin(result: ExamplesResult | null): TableTwin {
  return {
    caption: t('Examples'),
    columns: [
      t('example'),
      t('text'),
      t('label word'),
      t('lost without it, nats'),
      t('strongest head'),
      t('its weight'),
    ],
    names: ['exampleFrom1', 'text', 'label', 'leaveOneOut', 'strongestHead', 'weight'],
    rows: (result?.examples ?? []).map((example, index) => {
      const best = strongestHead(example);
      const { unit, label, score } = example;
      return [index + 1, unit.text, label.text, score, best && headName(best), best?.weight ?? null];
    }),
  };
}

export function attentionTwin({ examples }: ExamplesResult): TableTwin {
  return {
    caption: t('Attention of the last position on the label words'),
    columns: [t('example'), t('block'), t('mean over heads'), t('strongest head'), t('its weight')],
    names: ['exampleFrom1', 'layer', 'labelWeight', 'strongestHead', 'weight'],
    rows: examples.flatMap(({ attention, strongest }, index) =>
      attention.map((mean, layer) => [
        index + 1,
        layer,
        mean,
        strongest[layer] ? headName({ layer, head: strongest[layer].head }) : null,
        strongest[layer]?.weight ?? null,
      ]),
    ),
  };
}
